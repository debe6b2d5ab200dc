"""What is left behind is taken up within one lease and one poll, at the cost of one image."""

import time
from collections import Counter
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.style import StyleProfile
from assetql.domain.task import Task, TaskKey, TaskStatus
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.make_image import MadeImage
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.effects import Fuse, watched
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import assets_of, check_always, check_at_rest, tasks_of
from tests.support.making import made_image, scripted

TEN_MINUTES = timedelta(minutes=10)
POISON = ("{", "[]", TaskMessage(TaskKey("studio", "bat_none", "bat_none-1-1"), 1).encode())


class SharedClock(ManualClock):
    """What it is advanced by really passes, for SQS as for us; a jump is ours alone."""

    def advance(self, by: timedelta) -> None:
        time.sleep(by.total_seconds())
        super().advance(by)


@dataclass
class Studio:
    """A family under a clock that the test moves, and the images that were made in it."""

    home: Path
    family: str
    clock: ManualClock = field(default_factory=ManualClock)
    made: Counter[str] = field(default_factory=Counter[str])

    def open(self, **settings: Any) -> AbstractContextManager[Services]:
        return open_home(self.home, family=self.family, clock=self.clock, **settings)

    def make(self, task: Task, profile: StyleProfile | None) -> MadeImage:
        del profile
        self.made[task.name] += 1
        return made_image(task)


@pytest.fixture
def studio(tmp_path: Path, timeless: str) -> Studio:
    return Studio(tmp_path, timeless)


@pytest.fixture
def in_real_time(tmp_path: Path, family: str) -> Studio:
    """On AWS SQS counts the seconds that a message is hidden for."""
    return Studio(tmp_path, family, ManualClock() if family == "local" else SharedClock())


class Killed(BaseException):
    """The process is gone: no code of it runs any more."""


def kill() -> None:
    raise Killed


def check_paid_once(services: Services, studio: Studio, images: int) -> None:
    check_at_rest(services, OWNER.workspace)
    assert services.stores.ledger.account(OWNER.workspace).spent == images * PRICE
    assert studio.made.total() <= images + 1, "more than one image was wasted"


def test_a_message_that_comes_back_in_mid_image_fences_the_late_worker_off(
    in_real_time: Studio,
) -> None:
    """Its visibility and its lease end; another worker makes the image; then the first commits."""
    studio = in_real_time
    with studio.open(lease_seconds=1) as services:

        def slow(task: Task, profile: StyleProfile | None) -> MadeImage:
            studio.clock.advance(services.terms.lease * 1.05)
            assert step(services, studio.make, "prompt")
            return studio.make(task, profile)

        batch = started(services, "Sword")
        assert step(services, slow, "late")
        check_always(services, OWNER.workspace)
        drain(services, studio.make, studio.clock)
        (task,), (asset,) = tasks_of(services.stores, batch), assets_of(services.stores, batch)
        assert (task.status, task.token, task.faults) == (TaskStatus.READY, 2, 1)
        assert "-t2." in asset.object_key, "the late worker's image was kept"
        check_paid_once(services, studio, 1)


@pytest.mark.parametrize("poison", POISON, ids=["no JSON", "no message", "no task"])
def test_a_poison_message_among_ten_good_ones_is_buried_alone(studio: Studio, poison: str) -> None:
    names = [f"Sword {number}" for number in range(10)]
    with studio.open(max_receives=3) as services:
        services.stores.queue.send([poison])
        batch = started(services, *names)
        services.stores.queue.send([poison])
        drain(services, studio.make, studio.clock)
        assert {task.status for task in tasks_of(services.stores, batch)} == {TaskStatus.READY}
        assert studio.made == dict.fromkeys(names, 1)
        check_paid_once(services, studio, 10)


@pytest.mark.parametrize("jump", [timedelta(0), TEN_MINUTES, -TEN_MINUTES], ids=str)
def test_what_a_kill_leaves_is_taken_up_within_a_lease_and_a_poll(
    studio: Studio, jump: timedelta
) -> None:
    """And the jump, where the clock of the one who takes it up is behind."""
    with studio.open() as services:
        batch = started(services, "Sword", "Bow")
        with suppress(Killed):  # right after its image was stored, before it was committed
            step(watched(services, Fuse(4, True, kill)), studio.make)
        assert studio.made.total() == 1
        studio.clock.time += jump
        lease, poll = services.terms.lease, timedelta(seconds=services.settings.poll_seconds)
        latest = studio.clock.now() + lease + poll + max(timedelta(0), -jump)
        while any(task.status is not TaskStatus.READY for task in tasks_of(services.stores, batch)):
            tidy(services)
            if not step(services, studio.make, "next"):
                assert studio.clock.now() < latest, "not taken up in time"
                studio.clock.advance(min(lease / 4, latest - studio.clock.now()))
        drain(services, studio.make, studio.clock)
        check_paid_once(services, studio, 2)


@pytest.mark.parametrize("jump", [TEN_MINUTES, -TEN_MINUTES], ids=str)
def test_a_clock_that_jumps_in_mid_image_costs_one_image_at_most(
    studio: Studio, jump: timedelta
) -> None:
    with studio.open() as services:

        def while_it_jumps(task: Task, profile: StyleProfile | None) -> MadeImage:
            studio.clock.time += jump
            tidy(services)
            step(services, studio.make, "other")
            return studio.make(task, profile)

        started(services, "Sword")
        step(services, while_it_jumps)
        check_always(services, OWNER.workspace)
        drain(services, studio.make, studio.clock)
        check_paid_once(services, studio, 1)


def test_a_crash_between_the_table_and_the_queue_is_made_up_for(studio: Studio) -> None:
    """The batch itself is the outbox: what it has started and not sent is sent by the next."""

    def cut_off(effect: str, have: object) -> object:
        if effect == "queue.send":
            raise Killed
        assert callable(have)
        return have()

    with studio.open() as services:
        with suppress(Killed):
            started(watched(services, cut_off), "Sword", "Bow")
        assert services.stores.queue.depth().visible == 0
        check_always(services, OWNER.workspace)
        assert services.stores.ledger.account(OWNER.workspace).reserved == 2 * PRICE
        drain(services, scripted(), studio.clock)
        check_paid_once(services, studio, 2)
