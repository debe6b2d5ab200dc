"""Worker processes that a command starts and ends."""

import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_GRACE = 20


@contextmanager
def worker_processes(count: int, *, logs: Path) -> Generator[Callable[[], bool]]:
    """`count` workers while the block runs; asked to stop afterwards, with time to finish.

    What they have to say is appended to a file each in the folder `logs`. Yields whether any of
    them still runs. They don't hear Ctrl-C, which is meant for this process; so that none is left
    behind, SIGTERM ends the block too.
    """
    command = [sys.executable, "-m", "integrations.cli", "worker", "--concurrency", "1"]
    term = signal.signal(signal.SIGTERM, _leave)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a child is born with
    logs.mkdir(parents=True, exist_ok=True)
    processes = [_start(command, logs / f"worker-{n}.log") for n in range(1, count + 1)]
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield lambda: any(process.poll() is None for process in processes)
    finally:
        signal.signal(signal.SIGTERM, term)
        _stop(processes)


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 — our own command
            command, stdin=nowhere, stdout=nowhere, stderr=said
        )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
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
