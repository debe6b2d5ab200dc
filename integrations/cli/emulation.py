"""The emulated AWS as processes: the server, the installation on it, and the event loops."""

import socket
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names, names_of
from assetql.domain.errors import Unavailable
from assetql.settings import Settings
from infra.emulator.environment import HOST, REGION, address, environment, use
from infra.emulator.provision import notify, provision
from integrations.cli.children import Children, child_processes

_STARTS_WITHIN = 60  # seconds
_GENERATOR = "image_generator"
_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Emulation:
    """A running one; under the variables of `environment`, commands work on it."""

    endpoint: str
    environment: Mapping[str, str]
    names: Names
    logs: Path
    server: Children
    loops: Children

    def tend(self) -> list[str]:
        """Starts handlers again whose process was killed, as Lambda would; returns which.

        Raises: Unavailable where the server ended, or handlers by themselves.
        """
        _require_alive(self.server, self.logs)
        ended = self.loops.ended()
        for name, status in ended.items():
            if status >= 0:
                raise _lost(name, self.logs)
            self.loops.start(name)
        return list(ended)


@contextmanager
def emulation(
    settings: Settings, *, port: int, generators: int, every: int | None, async_images: bool
) -> Generator[Emulation]:
    """Starts everything, points this process at it, and ends it with the block.

    `port` has to be free. `every`: seconds between two scheduled events, instead of the
    schedules' own.
    """
    endpoint = address(port)
    variables = environment(endpoint, async_images=async_images)
    use(variables)
    names = names_of(settings)
    logs = settings.home / "logs"
    serve = {"emulator": ["infra.emulator.server", "--with-input", "--port", str(port)]}
    with child_processes(serve, logs=logs) as server:
        _wait(port, server, logs)
        clients = Clients(region=REGION, endpoint=endpoint)
        provision(clients, names, max_receives=settings.max_receives)
        notify(clients, names)
        with child_processes(_event_loops(generators, every), logs=logs) as loops:
            yield Emulation(endpoint, variables, names, logs, server, loops)


def _event_loops(generators: int, every: int | None) -> dict[str, list[str]]:
    """One process makes no two images at once; the other handlers share one."""
    loop = ["infra.emulator.events", "--with-input"]
    others = [*loop, "--without", _GENERATOR]
    if every is not None:
        others += ["--every", str(every)]
    making = {
        f"image-generator-{number}": [*loop, "--only", _GENERATOR]
        for number in range(1, generators + 1)
    }
    return {"handlers": others, **making}


def _wait(port: int, server: Children, logs: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while not _listens(port):
        _require_alive(server, logs)
        if time.monotonic() > deadline:
            raise Unavailable(f"The emulator did not listen on port {port}.")
        time.sleep(_SECONDS)


def _require_alive(children: Children, logs: Path) -> None:
    for name in children.ended():
        raise _lost(name, logs)


def _lost(name: str, logs: Path) -> Unavailable:
    return Unavailable(
        f"The emulator's process {name!r} ended.", remedy=f"{logs / name}.log says why."
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def is_taken(port: int) -> bool:
    """Whether something listens there, or the port is not for everybody."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return True
    return False
