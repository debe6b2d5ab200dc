"""Runs the same work many times at once, in threads or in processes."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

from assetql.domain.errors import AssetQLError
from assetql.ports import Stores
from tests.contract.families import OpenFamily
from tests.contract.values import ManualClock

T = TypeVar("T")


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
    """Runs `work` in forked processes, each with stores of its own; fails if one fails."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(count)

    def run(number: int) -> None:
        with family(home, ManualClock()) as stores:
            start.wait()
            work(stores, number)

    processes = [context.Process(target=run, args=(number,)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count
    for process in processes:
        process.close()
