"""Worker processes that a command starts and ends."""

import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

_GRACE = 20


@contextmanager
def worker_processes(count: int) -> Generator[Callable[[], bool]]:
    """`count` workers while the block runs; asked to stop afterwards, with time to finish.

    Yields whether any of them still runs. They don't hear Ctrl-C, which is meant for this
    process; so that none is left behind, SIGTERM ends the block too.
    """
    command = [sys.executable, "-m", "integrations.cli", "worker", "--concurrency", "1"]
    term = signal.signal(signal.SIGTERM, _leave)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a child is born with
    processes = [_start(command) for _ in range(count)]
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield lambda: any(process.poll() is None for process in processes)
    finally:
        signal.signal(signal.SIGTERM, term)
        _stop(processes)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 — our own command
        command, stdin=nowhere, stdout=nowhere, stderr=nowhere
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
