"""assetql up, mcp, slack: the doors. `up` opens all that are set up on one port, with workers."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from assetql.domain.errors import Conflict, InvalidInput
from assetql.settings import Settings
from integrations.cli.children import Children, child_processes
from integrations.cli.output import console, errors, explained, print_json
from integrations.cli.session import opened
from integrations.cli.workers import handlers_work, worker_commands

if TYPE_CHECKING:
    from fastapi import FastAPI

_SERVER = ("authlib", "fastapi", "httpx2", "jwt", "sse_starlette", "uvicorn")
_GRACE = 20  # seconds for the turns in hand, once the process is asked to end
_TENDED = 2.0  # seconds between two looks at the workers


def up(
    host: Annotated[str | None, typer.Option(help="Where to listen; ASSETQL_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0: any that is free; ASSETQL_PORT.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=16, help="Worker processes.")] = 2,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Whoever reaches the port is you; loopback only.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, then serve.")] = False,
) -> None:
    """Start the playground, the HTTP API and MCP on one port, and workers, until Ctrl-C."""
    with explained(as_json=as_json):
        _require_packages(*_SERVER)
        with opened(models=True) as (services, _):
            settings = services.settings
            where = host or settings.host
            if no_auth and not is_loopback(where):
                raise InvalidInput(
                    f"--no-auth on {where!r} would let in everybody who reaches this machine.",
                    remedy="Leave one of the two out.",
                )
            listener = _listen(where, settings.port if port is None else port)
            number = 0 if handlers_work(settings) else workers
            commands = worker_commands(number)
            with (
                closing(listener),
                child_processes(commands, logs=settings.home / "logs") as children,
            ):
                from integrations.cli.serve import open_doors

                url = public_url(settings, listener)
                with open_doors(services, url=url, no_auth=no_auth) as (app, link):
                    app.state.running.append(_running(children, lambda: _tell(url, link, as_json)))
                    serve(app, listener)


def mcp() -> None:
    """Serve MCP on standard input and output, as the person at the keyboard."""
    with explained():
        _require_packages("mcp")
        with opened(models=True) as (services, caller):
            from integrations.mcp.stdio import serve_stdio

            serve_stdio(services, caller)


def slack() -> None:
    """Serve Slack by Socket Mode, which needs no address that Slack can reach."""
    with explained():
        _require_packages("aiohttp", "slack_bolt", "slack_sdk")
        with opened(models=True) as (services, _):
            from agent.services import open_agent
            from integrations.slack.socket_mode import serve_socket_mode

            with closing(open_agent(services)) as agent, suppress(KeyboardInterrupt):
                asyncio.run(serve_socket_mode(agent))


def public_url(settings: Settings, listener: socket.socket) -> str:
    """What links begin with."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104
    return settings.public_url or f"http://{shown}:{port}"


def serve(app: "FastAPI", listener: socket.socket) -> None:
    """Answers until it is asked to end; turns in hand are given time, then handed back."""
    import uvicorn

    from integrations.api.server import Server

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
    with suppress(KeyboardInterrupt):
        Server(config, app.state.agent.ending.set).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise Conflict(
            f"Can't listen on {host}, port {port}: {error.strerror}.",
            remedy="End what listens there, or choose another: --port 0 takes any that is free.",
        ) from error
    # Connections inherit it: asyncio does not know these for TCP, and an answer's last part waits.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return listener


def _running(
    children: Children, ready: Callable[[], None]
) -> Callable[[], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        ready()
        tending = asyncio.create_task(_tend(children))
        yield
        tending.cancel()

    return running


async def _tend(children: Children) -> None:
    """A worker that was killed is started again; its tasks come back by themselves."""
    while True:
        await asyncio.sleep(_TENDED)
        for name, status in children.ended().items():
            errors.print(f"{name} ended with status {status} and is started again.")
            children.start(name)


def _tell(url: str, link: str, as_json: bool) -> None:
    if as_json:
        print_json({"url": url, "open": link})
        return
    console.print(f"AssetQL is at [bold]{link}[/]", soft_wrap=True)
    console.print(
        f"[dim]The HTTP API is described at {url}/docs. Ctrl-C ends it.[/]", soft_wrap=True
    )


def _require_packages(*packages: str) -> None:
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise InvalidInput(
            f"This door needs packages that are missing: {', '.join(missing)}.",
            remedy="pip install 'assetql[doors]'; in a clone, make up",
        )
