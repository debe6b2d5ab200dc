"""Many people and workers over one small budget, in threads and processes, at the same moment."""

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest

from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded, Conflict
from assetql.domain.money import MICROS, Account
from assetql.domain.task import OPEN, TaskStatus
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.retry_failed import retry_failed
from assetql.services import Services
from tests.contract.races import race
from tests.contract.values import PRICE
from tests.support.driving import step, tidy
from tests.support.effects import watched
from tests.support.homes import OWNER, draft, open_home, start, started
from tests.support.invariants import batches_of, check_always, check_at_rest, tasks_of
from tests.support.making import Fate, scripted

BUDGET = 7 * PRICE
PROCESSES, THREADS = 2, 3
ROUNDS = {"local": 6, "prompt_aws": 2}
MAKE = scripted({"Vile": Fate(refusal="No."), "Cursed": Fate(scores=(0.1, 0.1))})
NAMES = ("Sword", "Vile", "Cursed")
REFUSED = (Conflict, BudgetExceeded)


def a_person(services: Services, number: int, rounds: int) -> None:
    """Starts, works, cancels and retries as the dice say."""
    dice = Random(number)
    for turn in range(rounds):
        batch = draft(services, *dice.sample(NAMES, dice.randint(1, 3)), key=f"{number}-{turn}")
        with suppress(*REFUSED):
            start(services, batch)
        for _ in range(dice.randint(0, 4)):
            step(services, MAKE, f"w{number}")
        chosen = dice.choice(batches_of(services.stores, OWNER.workspace))
        with suppress(*REFUSED):
            if dice.random() < 0.3:
                cancel_batch(
                    chosen.batch_id, caller=OWNER, stores=services.stores, clock=services.clock
                )
            else:
                retry(services, chosen, f"{number}-{turn}")
        tidy(services)


def retry(services: Services, batch: Batch, key: str) -> None:
    retry_failed(
        batch.batch_id, caller=OWNER, stores=services.stores, clock=services.clock, key=key
    )


def a_process(home: Path, family: str, number: int) -> None:
    with open_home(home, family=family, budget=BUDGET / MICROS) as services:
        race(THREADS, lambda thread: a_person(services, number * THREADS + thread, ROUNDS[family]))


def watch(services: Services, seen: list[Account], stop: Event) -> None:
    while not stop.wait(0.01):
        seen.append(services.stores.ledger.account(OWNER.workspace))


def finish(services: Services) -> None:
    while tidy(services).open_batches:
        while step(services, MAKE):
            pass


def test_reserved_and_spent_never_exceed_the_budget(tmp_path: Path, family: str) -> None:
    with open_home(tmp_path, family=family, budget=BUDGET / MICROS):
        pass  # an emulator that is up before the fork is the same for all
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=partial(a_process, tmp_path, family, number))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    seen: list[Account] = []
    with open_home(tmp_path, family=family, budget=BUDGET / MICROS) as services:
        stop = Event()
        watcher = Thread(target=watch, args=(services, seen, stop))
        watcher.start()
        for process in processes:
            process.join()
        finish(services)
        stop.set()
        watcher.join()
        assert [process.exitcode for process in processes] == [0] * PROCESSES
        check_at_rest(services, OWNER.workspace)
        check_spent(services)
    assert max(account.reserved + account.spent for account in seen) <= BUDGET
    assert min(account.reserved for account in seen) >= 0
    assert [a.spent for a in seen] == sorted(a.spent for a in seen), "money spent came back"


def check_spent(services: Services) -> None:
    stores = services.stores
    tasks = [t for b in batches_of(stores, OWNER.workspace) for t in tasks_of(stores, b)]
    ready = sum(task.status is TaskStatus.READY for task in tasks)
    assert ready, "nothing was made at all"
    assert stores.ledger.account(OWNER.workspace).spent == ready * PRICE


def test_one_approval_answered_by_many_starts_once(tmp_path: Path, family: str) -> None:
    with open_home(tmp_path, family=family, budget=BUDGET / MICROS) as services:
        batch = draft(services, *NAMES)

        def answer(_: int) -> None:
            with suppress(Conflict):
                start(services, batch)

        race(6, answer)
        assert services.stores.ledger.account(OWNER.workspace).reserved == 3 * PRICE
        finish(services)
        check_at_rest(services, OWNER.workspace)


def test_many_retries_at_once_are_one_run(tmp_path: Path, family: str) -> None:
    with open_home(tmp_path, family=family, budget=3 * PRICE / MICROS) as services:
        batch = draft(services, *NAMES)
        start(services, batch)
        finish(services)

        def again(number: int) -> None:
            with suppress(Conflict):
                retry(services, batch, f"k{number}")

        race(6, again)
        finish(services)
        check_at_rest(services, OWNER.workspace)
        tasks = tasks_of(services.stores, batch)
        assert {task.status for task in tasks} == {TaskStatus.READY}
        assert {task.name: task.run for task in tasks} == {"Sword": 1, "Vile": 2, "Cursed": 2}
        assert services.stores.ledger.account(OWNER.workspace).spent == 3 * PRICE


def fail(services: Services, batch: Batch, name: str) -> None:
    """The dead-letter queue gave it up."""
    (task,) = (task for task in tasks_of(services.stores, batch) if task.name == name)
    services.stores.tasks.save(task.fail("No.", at=services.clock.now()))


def slowed(services: Services, effect: str, meanwhile: Callable[[], None]) -> Services:
    """The services of one for whom all that happens behind the first such effect."""
    waiting = [meanwhile]

    def around(had: str, have: Callable[[], Any]) -> Any:
        result = have()
        if had == effect and waiting:
            waiting.pop()()
        return result

    return watched(services, around)


def test_a_retry_that_charges_what_is_ready_stays_in_the_budget(
    tmp_path: Path, family: str
) -> None:
    """It holds no more than before, for as much failed as became READY: that adds to it."""
    with open_home(tmp_path, family=family, budget=3 * PRICE / MICROS) as services:
        batch = started(services, "Sword", "Bow", "Axe")
        fail(services, batch, "Axe")
        tidy(services)
        assert step(services, MAKE)
        (left,) = (task for task in tasks_of(services.stores, batch) if task.status in OPEN)
        fail(services, batch, left.name)
        started(services, "Sword", key="another")
        with pytest.raises(BudgetExceeded):
            retry(services, batch, "again")
        assert services.stores.ledger.account(OWNER.workspace).reserved == 3 * PRICE
        finish(services)
        check_at_rest(services, OWNER.workspace)


def test_what_failed_behind_a_retry_is_not_queued_by_one_who_comes_late(
    tmp_path: Path, family: str
) -> None:
    """Two go on with one retry. The first is through; a task of the run before fails and its share
    goes back; only then does the second look for what FAILED."""
    with open_home(tmp_path, family=family, budget=BUDGET / MICROS) as services:
        batch = started(services, "Vile", "Sword")
        fail(services, batch, "Vile")

        def through() -> None:
            retry(services, batch, "again")
            fail(services, batch, "Sword")
            tidy(services)

        retry(slowed(services, "batches.add_follow_up", through), batch, "again")
        check_always(services, OWNER.workspace)
        tasks = tasks_of(services.stores, batch)
        assert {task.name: task.run for task in tasks} == {"Vile": 2, "Sword": 1}
        finish(services)
        check_at_rest(services, OWNER.workspace)


def test_who_sends_late_does_not_end_the_retry_of_another(tmp_path: Path, family: str) -> None:
    """Its tasks were sent by somebody else, failed, and are to run again."""
    with open_home(tmp_path, family=family, budget=BUDGET / MICROS) as services:
        batch = started(services, "Sword")
        fail(services, batch, "Sword")

        def cut_off() -> None:
            raise KeyboardInterrupt

        def meanwhile() -> None:
            tidy(services)
            fail(services, batch, "Sword")
            with suppress(KeyboardInterrupt):
                retry(slowed(services, "ledger.post", cut_off), batch, "third")

        retry(slowed(services, "queue.send", meanwhile), batch, "second")
        finish(services)
        check_at_rest(services, OWNER.workspace)
        (task,) = tasks_of(services.stores, batch)
        assert (task.status, task.run) == (TaskStatus.READY, 3)
