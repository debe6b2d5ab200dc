"""Every message is there 50 times; processes and threads work on all of them at once."""

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assetql.domain.batch import Batch
from assetql.domain.task import TaskStatus
from assetql.pipeline.dispatch import message_of
from assetql.services import Services
from tests.contract.values import PRICE
from tests.support.driving import step, tidy
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import assets_of, check_at_rest, tasks_of
from tests.support.making import Fate, scripted

COPIES, PROCESSES, THREADS = 50, 2, 4
MAKE = scripted({"Shield": Fate(scores=(0.1,)), "Cursed": Fate(scores=(0.1, 0.2))})
NAMES = ("Sword", "Shield", "Cursed")
AT_ONCE = 10


def flood(services: Services, batch: Batch) -> None:
    """Every message of the batch once more, and again."""
    bodies = [message_of(task) for task in tasks_of(services.stores, batch)]
    for _ in range(COPIES - 1):
        services.stores.queue.send(bodies)


def consume(home: Path, family: str, number: int) -> None:
    """What one process does: its threads work until the queue is empty, and reconcile between."""

    def work(name: str) -> None:
        while sum(step(services, MAKE, name) for _ in range(AT_ONCE)):
            tidy(services)

    with open_home(home, family=family) as services, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, [f"w{number}-{thread}" for thread in range(THREADS)]))


def test_each_task_has_one_asset_and_is_paid_once(tmp_path: Path, family: str) -> None:
    with open_home(tmp_path, family=family) as services:
        batch = started(services, *NAMES)
        flood(services, batch)
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=consume, args=(tmp_path, family, number))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with open_home(tmp_path, family=family) as services:
        check_outcome(services, batch)


def check_outcome(services: Services, batch: Batch) -> None:
    while tidy(services).open_batches:
        assert step(services, MAKE), "open, and nothing is on its way"
    check_at_rest(services, OWNER.workspace)
    tasks = tasks_of(services.stores, batch)
    assert Counter(task.status for task in tasks) == {TaskStatus.READY: 2, TaskStatus.FAILED: 1}
    # An attempt more than once would show here: each is counted in one write with its outcome.
    attempts = {task.name: task.attempts for task in tasks}
    assert attempts == {name: 2 if name in {"Shield", "Cursed"} else 1 for name in NAMES}
    assert len({asset.task_id for asset in assets_of(services.stores, batch)}) == 2
    assert services.stores.ledger.account(OWNER.workspace).spent == 2 * PRICE
