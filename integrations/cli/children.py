"""Processes that a command starts, and ends before it ends itself."""

import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_GRACE = 20  # seconds


class Children:
    """One process per name, which runs `python -m …`.

    What they have to say is appended to a file each in the folder `logs`. They don't hear Ctrl-C,
    which is meant for this process. Their standard input ends with it.
    """

    def __init__(self, commands: Mapping[str, Sequence[str]], *, logs: Path) -> None:
        self._commands = commands
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> dict[str, int]:
        """Of each."""
        return {name: process.pid for name, process in self._processes.items()}

    def start(self, *names: str) -> None:
        """Starts these, or starts them again; by default all."""
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a child is born with
        self._logs.mkdir(parents=True, exist_ok=True)
        for name in names or self._commands:
            if name in self._processes:
                self._processes[name].communicate()
            self._processes[name] = self._started(name)
        signal.signal(signal.SIGINT, interrupt)

    def ended(self) -> dict[str, int]:
        """Those that run no more, and their exit status: the signal, negative, where one did it."""
        statuses = {name: process.poll() for name, process in self._processes.items()}
        return {name: status for name, status in statuses.items() if status is not None}

    def stop(self) -> None:
        """Asks all of them to end, and gives them time to finish."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.communicate(timeout=_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        with (self._logs / f"{name}.log").open("ab") as said:
            return subprocess.Popen(  # noqa: S603 — our own command
                [sys.executable, "-m", *self._commands[name]],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
            )


@contextmanager
def child_processes(commands: Mapping[str, Sequence[str]], *, logs: Path) -> Generator[Children]:
    """They run while the block does; so that none is left behind, SIGTERM ends the block too."""
    children = Children(commands, logs=logs)
    term = signal.signal(signal.SIGTERM, _leave)
    try:
        children.start()
        yield children
    finally:
        signal.signal(signal.SIGTERM, term)
        children.stop()


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
