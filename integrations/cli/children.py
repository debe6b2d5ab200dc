"""Processes that a command starts, and ends before it ends itself."""

import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_GRACE = 20


@contextmanager
def child_processes(
    commands: Mapping[str, Sequence[str]], *, logs: Path
) -> Generator[dict[str, subprocess.Popen[bytes]]]:
    """One process per name runs `python -m …` while the block does; then it has time to finish.

    What they have to say is appended to a file each in the folder `logs`. They don't hear Ctrl-C,
    which is meant for this process; so that none is left behind, SIGTERM ends the block too.
    """
    term = signal.signal(signal.SIGTERM, _leave)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a child is born with
    logs.mkdir(parents=True, exist_ok=True)
    processes = {name: _start(command, logs / f"{name}.log") for name, command in commands.items()}
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield processes
    finally:
        signal.signal(signal.SIGTERM, term)
        _stop([*processes.values()])


def _start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 — our own command
            [sys.executable, "-m", *command],
            stdin=nowhere,
            stdout=said,
            stderr=said,
        )


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
