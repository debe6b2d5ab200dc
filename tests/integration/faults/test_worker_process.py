"""The worker with its threads, its heartbeat and the machine's clock."""

import os
import signal
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assetql.domain.errors import StoreUnavailable
from assetql.domain.task import Task, TaskStatus
from assetql.pipeline.make_image import MadeImage
from assetql.services import Services
from assetql.worker import Worker
from tests.contract.values import PRICE
from tests.support.effects import watched
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import check_always, check_at_rest, tasks_of
from tests.support.making import Fate, made_image, scripted

NAMES = [f"Sword {number}" for number in range(8)]
PATIENT: dict[str, Any] = {"lease_seconds": 0.3, "faults": 50, "max_receives": 100}
LIVES = {"local": (5, 60), "prompt_aws": (20, 60)}
MAKE = scripted({"Shield": Fate(scores=(0.1,)), "Vile": Fate(refusal="No.")})


def test_a_slow_task_is_kept_by_its_heartbeat(tmp_path: Path, family: str) -> None:
    """Its image takes until the lease was prolonged four times, which is longer than one lease."""
    beats = threading.Semaphore(0)

    def around(effect: str, have: Callable[[], Any]) -> Any:
        result = have()
        if effect == "tasks.extend":
            beats.release()
        return result

    def slow(task: Task, profile: object) -> MadeImage:
        for _ in range(4):
            beats.acquire()
        return made_image(task)

    with open_home(tmp_path, family=family, lease_seconds=1.5) as services:
        batch = started(services, "Sword")
        Worker(watched(services, around), make=slow).run(until_idle=True)
        (task,) = tasks_of(services.stores, batch)
        assert (task.status, task.faults, task.token) == (TaskStatus.READY, 0, 1)
        check_at_rest(services, OWNER.workspace)


def test_a_store_that_fails_now_and_then_costs_nothing(tmp_path: Path, family: str) -> None:
    dice, lock = Random(7), threading.Lock()

    def around(_: str, have: Callable[[], Any]) -> Any:
        with lock:
            fails, lost = dice.random() < 0.05, dice.random() < 0.5
        if fails and not lost:
            raise StoreUnavailable("out of order")
        result = have()
        if fails:
            raise StoreUnavailable("the reply was lost")
        return result

    with open_home(tmp_path, family=family, **PATIENT) as services:
        batch = started(services, *NAMES, "Shield", "Vile")
        Worker(watched(services, around), make=MAKE).run(until_idle=True)
        ended = [task.status for task in tasks_of(services.stores, batch)]
        assert ended.count(TaskStatus.READY) == 9
        check_at_rest(services, OWNER.workspace)
        assert services.stores.ledger.account(OWNER.workspace).spent == 9 * PRICE


def test_a_consumer_that_dies_ends_the_worker(tmp_path: Path) -> None:
    def around(effect: str, have: Callable[[], Any]) -> Any:
        if effect == "queue.receive":
            raise ZeroDivisionError
        return have()

    with open_home(tmp_path) as services:
        started(services, "Sword")
        with pytest.raises(ZeroDivisionError):
            Worker(watched(services, around), make=MAKE).run()


@pytest.mark.parametrize("seed", range(2))
def test_workers_are_killed_until_one_comes_through(tmp_path: Path, family: str, seed: int) -> None:
    """Each lives for some effects, whichever of its threads has them."""
    dice = Random(seed)
    with open_home(tmp_path, family=family, **PATIENT) as services:
        batch = started(services, *NAMES, "Shield", "Vile")
    while killed_worker(tmp_path, family, effects=dice.randint(*LIVES[family])):
        with open_home(tmp_path, family=family, **PATIENT) as services:
            check_always(services, OWNER.workspace)
    with open_home(tmp_path, family=family, **PATIENT) as services:
        check_at_rest(services, OWNER.workspace)
        ended = [task.status for task in tasks_of(services.stores, batch)]
        assert ended.count(TaskStatus.READY) == 9
        assert services.stores.ledger.account(OWNER.workspace).spent == 9 * PRICE


def killed_worker(home: Path, family: str, effects: int) -> bool:
    """A worker in a process of its own, killed once it had so many effects; False: it was done."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "see its traceback above"
        return os.WIFSIGNALED(status)
    try:
        with open_home(home, family=family, **PATIENT) as services:
            Worker(dying_after(effects, services), make=MAKE).run(until_idle=True)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the child must not run on as a second pytest
        traceback.print_exc()
        os._exit(1)


def dying_after(effects: int, services: Services) -> Services:
    lock, left = threading.Lock(), effects

    def around(effect: str, have: Callable[[], Any]) -> Any:
        nonlocal left
        result = have()
        with lock:
            left -= effect != "queue.receive"  # an idle worker only ever receives
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return result

    return watched(services, around)
