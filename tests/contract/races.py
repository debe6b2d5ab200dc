"""Runs the same work many times at once, in threads or in processes."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier as ProcessBarrier
from pathlib import Path
from threading import Barrier
from typing import TypeVar

from assetql.domain.errors import AssetQLError
from assetql.ports import Stores
from tests.contract.families import OpenFamily
from tests.contract.values import ManualClock

T = TypeVar("T")
_PATIENCE = 60  # seconds; where one process fails to open its stores, the others end then


def race(count: int, work: Callable[[int], T]) -> list[T]:
    """Calls `work(0)` … `work(count - 1)` in threads that start together."""
    start = Barrier(count)

    def run(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def succeeds(call: Callable[[], object], refusal: type[AssetQLError]) -> bool:
    """Whether the call went through rather than being refused; other errors pass."""
    try:
        call()
    except refusal:
        return False
    return True


def in_processes(
    count: int, work: Callable[[Stores, int], None], family: OpenFamily, home: Path
) -> None:
    """Runs `work` in new processes, each with stores of its own; fails if one fails.

    Both functions are a module's own. Not forked: what a thread of this process holds just then,
    such as a lock of OpenSSL, would be held in the child for ever.
    """
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(count)
    processes = [
        context.Process(target=_run, args=(start, work, family, home, number))
        for number in range(count)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count
    for process in processes:
        process.close()


def _run(
    start: ProcessBarrier,
    work: Callable[[Stores, int], None],
    family: OpenFamily,
    home: Path,
    number: int,
) -> None:
    start.wait(_PATIENCE)  # they open the stores at once, too
    with family(home, ManualClock()) as stores:
        start.wait(_PATIENCE)
        work(stores, number)
