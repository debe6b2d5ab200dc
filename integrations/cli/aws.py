"""assetql aws: the AWS family; `emulate` gives it something to run on, without an account."""

import shlex
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetql.domain.errors import Conflict, InvalidInput
from integrations.cli.files import writable
from integrations.cli.output import console, errors, explained, print_json
from integrations.cli.session import read_settings

if TYPE_CHECKING:
    from integrations.cli.emulation import Emulation

app = typer.Typer(help="Run on AWS, or on an emulated one.", no_args_is_help=True)
_PACKAGES = ("aws_lambda_powertools", "boto3", "cryptography", "langchain_aws", "ministack")
_SECONDS = 0.5
_HONEST = (
    "An emulator with stand-ins: Claude on Bedrock is the built-in offline planner and tagger, "
    "Stable Diffusion on SageMaker is the placeholder. Nothing reaches AWS, and nothing is kept "
    "when it ends."
)


@app.callback()
def aws() -> None:
    """Run on AWS, or on an emulated one."""


@app.command(epilog="Example: assetql aws emulate --env-file aws.env")
def emulate(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where it answers.")] = 4566,
    generators: Annotated[int, typer.Option(min=0, max=16, help="Processes that make images.")] = 2,
    every: Annotated[
        int | None,
        typer.Option(min=1, help="Seconds between two reconciliations, instead of 60."),
    ] = None,
    async_images: Annotated[
        bool, typer.Option("--async-images", help="Images by SageMaker's asynchronous inference.")
    ] = False,
    env_file: Annotated[
        Path | None, typer.Option(help="Where the variables go, for `source`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Run an emulated AWS with tables, queues and handlers until Ctrl-C; nothing is kept."""
    with explained(as_json=as_json):
        _require_packages()
        from integrations.cli.emulation import emulation, is_taken

        settings = read_settings()
        if is_taken(port):
            raise Conflict(
                f"Port {port} is taken.",
                remedy=f"End what listens there, or choose another: --port {port + 1}.",
            )
        try:
            with emulation(
                settings, port=port, generators=generators, every=every, async_images=async_images
            ) as running:
                _report(running, env_file, as_json=as_json)
                while True:
                    for name in running.tend():
                        errors.print(f"{name} was killed, and started again.", markup=False)
                    time.sleep(_SECONDS)
        except KeyboardInterrupt:
            if not as_json:
                console.print("\nEnded; nothing was kept.")


def _require_packages() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise InvalidInput(
            f"The emulated AWS needs packages that are not installed: {', '.join(missing)}.",
            remedy="pip install 'assetql[emulator]'",
        )


def _report(running: "Emulation", env_file: Path | None, *, as_json: bool) -> None:
    from infra.emulator.environment import UNSET

    lines = _exports(running.environment, UNSET)
    if env_file:
        with writable(env_file):
            env_file.write_text(lines, encoding="utf-8")
    if as_json:
        print_json(
            {
                "endpoint": running.endpoint,
                "environment": running.environment,
                "unset": UNSET,
                "processes": running.server.pids | running.loops.pids,
                "logs": str(running.logs),
                "note": _HONEST,
            }
        )
        return
    console.print(
        f"[bold green]An emulated AWS answers at {running.endpoint}[/], "
        f"with the installation {running.names.prefix!r} and its handlers.\n{_HONEST}\n"
        f"Logs are in {running.logs}. Ctrl-C ends it.\n\nIn another terminal:\n",
        soft_wrap=True,
    )
    told = f"source {shlex.quote(str(env_file))}\n" if env_file else lines
    console.print(f"{told}assetql demo", markup=False, soft_wrap=True)


def _exports(variables: Mapping[str, str], unset: tuple[str, ...]) -> str:
    """For a shell."""
    exports = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    return f"unset {' '.join(unset)}\n{''.join(exports)}"
