"""Worker processes that a command starts and ends."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

_GRACE = 20


@contextmanager
def worker_processes(count: int, *, until_idle: bool = False) -> Generator[None]:
    """`count` workers while the block runs; asked to stop afterwards, with time to finish."""
    command = [sys.executable, "-m", "integrations.cli", "worker", "--concurrency", "1"]
    command += ["--until-idle"] if until_idle else []
    processes = [
        subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 — our own command
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
