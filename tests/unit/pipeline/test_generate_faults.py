"""generate: what becomes of one delivery when the image, the model or the store fails."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.batch import Batch
from assetql.domain.errors import StoreUnavailable
from assetql.domain.imaging import MAX_PROMPT, ImageRequest, ImageResponse
from assetql.domain.task import Task, TaskStatus
from assetql.pipeline.batch_status import report_batch
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.generate import Generator, Outcome, generate
from assetql.pipeline.make_image import MadeImage, MakeImage, make_image
from assetql.ports import Delivery
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, generator_of, step, tidy
from tests.support.effects import watched
from tests.support.homes import OWNER, draft_rows, open_home, rows_named, start, started
from tests.support.invariants import check_always, check_at_rest, tasks_of
from tests.support.making import Fate, made_image, scripted, tiny_png

LEASE = timedelta(seconds=60)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock, attempts=3, faults=3) as opened:
        yield opened


def receive(services: Services) -> Delivery:
    (delivery,) = services.stores.queue.receive(limit=1, visibility=LEASE)
    return delivery


def the_task(services: Services, batch: Batch) -> Task:
    (task,) = tasks_of(services.stores, batch)
    return task


def raw_keys(services: Services) -> set[str]:
    return set(services.stores.objects.keys(f"raw/{OWNER.workspace}/"))


def account(services: Services) -> tuple[int, int]:
    found = services.stores.ledger.account(OWNER.workspace)
    return found.reserved, found.spent


def test_a_rejection_keeps_its_reason_and_changes_one_knob(services: Services) -> None:
    batch = started(services, "Cursed")
    make = scripted({"Cursed": Fate(scores=(0.2, 0.4, 0.1))})
    before = the_task(services, batch)
    for attempt in (1, 2):
        assert step(services, make)
        task = the_task(services, batch)
        assert (task.status, task.attempts, task.faults) == (TaskStatus.QUEUED, attempt, 0)
        assert "is below the threshold" in (task.reason or "")
        changed = [task.knobs != before.knobs, task.seed != before.seed]
        assert changed.count(True) == 1
        before = task


def test_the_best_attempt_is_kept_when_all_were_off_style(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Cursed")
    drain(services, scripted({"Cursed": Fate(scores=(0.2, 0.4, 0.1))}), clock)
    task = the_task(services, batch)
    assert task.status is TaskStatus.FAILED
    assert task.best
    assert task.best.score == 0.4
    assert raw_keys(services) == {task.best.object_key}
    assert "3 of 3 attempts were off-style" in (task.reason or "")
    assert task.best.reason in (task.reason or "")
    assert account(services) == (0, 0)
    check_at_rest(services, OWNER.workspace)


def test_images_that_failed_alike_are_counted_together(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Cursed", "Damned")
    fates = {"Cursed": Fate(scores=(0.2, 0.4, 0.1)), "Damned": Fate(scores=(0.3, 0.1, 0.2))}
    drain(services, scripted(fates), clock)
    report = report_batch(batch, stores=services.stores)
    assert report.reasons == {"3 of 3 attempts were off-style": 2}


def test_an_accepted_image_ends_the_search_for_a_better_one(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Shield")
    drain(services, scripted({"Shield": Fate(scores=(0.2, 0.4))}), clock)
    task = the_task(services, batch)
    assert (task.status, task.best, task.attempts) == (TaskStatus.READY, None, 3)
    assert len(raw_keys(services)) == 1
    assert account(services) == (0, PRICE)


def test_faults_do_not_eat_attempts(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Potion")
    drain(services, scripted({"Potion": Fate(faults=2, scores=(0.1, 0.2))}), clock)
    task = the_task(services, batch)
    assert (task.status, task.faults, task.attempts) == (TaskStatus.READY, 2, 3)


def test_faults_have_a_cap_of_their_own(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Potion")
    drain(services, scripted({"Potion": Fate(faults=99)}), clock)
    task = the_task(services, batch)
    assert (task.status, task.faults, task.attempts) == (TaskStatus.FAILED, 3, 0)
    assert "3 faults of the infrastructure; the last: The script takes" in (task.reason or "")
    assert account(services) == (0, 0)


def test_a_fault_waits_longer_each_time(services: Services, clock: ManualClock) -> None:
    started(services, "Potion")
    make = scripted({"Potion": Fate(faults=2)})
    for seconds in (1, 2):
        assert step(services, make)
        clock.advance(timedelta(seconds=seconds) - MOMENT)
        assert not step(services, make)
        clock.advance(MOMENT)
    assert step(services, make)


def test_an_image_that_can_not_be_made_fails_at_once(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Vile")
    drain(services, scripted({"Vile": Fate(refusal="No 'Vile': ask for a hero.")}), clock)
    task = the_task(services, batch)
    assert (task.status, task.reason) == (TaskStatus.FAILED, "No 'Vile': ask for a hero.")
    assert (task.faults, task.attempts) == (0, 0)
    assert account(services) == (0, 0)


@dataclass
class Late:
    """A worker that is overtaken while it makes its image."""

    make: MakeImage
    meanwhile: Callable[[], object]

    def __call__(self, task: Task, profile: Any) -> MadeImage:
        made = self.make(task, profile)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return made


@pytest.mark.parametrize("late_score", [0.9, 0.1], ids=["accepted", "rejected"])
def test_a_worker_that_comes_late_is_fenced_off(
    services: Services, clock: ManualClock, late_score: float
) -> None:
    batch = started(services, "Sword")

    def another_takes_over() -> None:
        clock.advance(LEASE + MOMENT)
        tidy(services)
        assert step(services, scripted(), "w2")

    late = Late(lambda task, _: made_image(task, late_score), another_takes_over)
    _, outcome = generate(receive(services), generator_of(services, late, "w1"))
    assert outcome is Outcome.STALE
    task = the_task(services, batch)
    assert (task.status, task.faults, task.token) == (TaskStatus.READY, 1, 2)
    assert {key.rpartition("-")[2] for key in raw_keys(services)} == {"t2.png"}
    drain(services, scripted(), clock)
    check_at_rest(services, OWNER.workspace)


@pytest.mark.parametrize("late_score", [0.9, 0.1], ids=["accepted", "rejected"])
def test_what_is_made_for_a_cancelled_task_does_not_survive(
    services: Services, clock: ManualClock, late_score: float
) -> None:
    batch = started(services, "Sword")

    def cancelled_and_closed() -> None:
        cancel_batch(batch.batch_id, caller=OWNER, stores=services.stores, clock=clock)
        tidy(services)

    late = Late(lambda task, _: made_image(task, late_score), cancelled_and_closed)
    assert step(services, late)
    assert the_task(services, batch).status is TaskStatus.CANCELLED
    assert raw_keys(services) == set()
    check_at_rest(services, OWNER.workspace)


def test_a_heartbeat_keeps_a_slow_task(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Sword")
    generator = generator_of(services, scripted())

    def slow() -> None:
        for _ in range(5):
            clock.advance(LEASE * 2 / 3)
            beat(generator)
            tidy(services)
            assert not step(services, scripted(), "w2"), "its message was delivered again"

    late = replace(generator, make=Late(scripted(), slow))
    _, outcome = generate(receive(services), late)
    task = the_task(services, batch)
    assert (outcome, task.status, task.faults) == (Outcome.READY, TaskStatus.READY, 0)


def beat(generator: Generator) -> None:
    """One round of the heartbeat, as its thread would do it."""
    heartbeat: Any = generator.heartbeat
    heartbeat.beat()


@pytest.mark.parametrize("reply_is_lost", [False, True], ids=["refused", "reply lost"])
@pytest.mark.parametrize(
    "effect", ["objects.put", "tasks.commit", "tasks.save", "queue.send", "objects.delete"]
)
def test_a_store_that_fails_once_costs_no_task(
    services: Services, clock: ManualClock, effect: str, reply_is_lost: bool
) -> None:
    batch = started(services, "Shield")
    make = scripted({"Shield": Fate(scores=(0.1, 0.2))})
    for nth in range(1, 5):
        failing = watched(services, _fails(effect, nth, reply_is_lost))
        step(failing, make)
        clock.advance(LEASE + MOMENT)
    # Another batch keeps the queue busy, so that nothing is taken for stranded.
    services.stores.queue.send(["{}"], delay=timedelta(days=1))
    for _ in range(12):
        step(services, make)
        tidy(services)
        clock.advance(LEASE / 2)
    assert the_task(services, batch).status is TaskStatus.READY
    check_always(services, OWNER.workspace)


def _fails(effect: str, nth: int, reply_is_lost: bool) -> Callable[[str, Callable[[], Any]], Any]:
    seen = 0

    def around(name: str, have: Callable[[], Any]) -> Any:
        nonlocal seen
        seen += name == effect
        if name != effect or seen != nth:
            return have()
        if reply_is_lost:
            have()
        raise StoreUnavailable(f"{effect} is out of order.")

    return around


@dataclass
class Answering:
    """An image model that answers with these bytes."""

    image: bytes

    def generate(self, request: ImageRequest) -> ImageResponse:
        return ImageResponse.model_validate(
            {
                "image": self.image,
                "model_id": "scripted",
                "model_hash": "0",
                "scheduler": "none",
                "seed": request.seed,
            }
        )


def by_model(services: Services, image: bytes) -> MakeImage:
    images = Answering(base64.b64encode(image))

    def make(task: Task, profile: Any) -> MadeImage:
        return make_image(task, profile, images=images, embedder=services.embedder, optimiser=None)

    return make


@pytest.mark.parametrize(
    ("image", "told"),
    [(b"no picture", "no readable PNG"), (tiny_png(), "16x16 pixels, not 128x128")],
    ids=["garbage", "size"],
)
def test_a_model_that_answers_wrongly_is_a_fault(
    services: Services, image: bytes, told: str
) -> None:
    batch = started(services, "Sword")
    assert step(services, by_model(services, image))
    task = the_task(services, batch)
    assert (task.status, task.faults) == (TaskStatus.QUEUED, 1)
    assert told in (task.reason or "")


def test_a_prompt_that_no_model_takes_fails_with_its_remedy(
    services: Services, clock: ManualClock
) -> None:
    (row,) = rows_named("Sword")
    long = replace(row, description="x" * MAX_PROMPT)
    batch = draft_rows(services, [long])
    start(services, batch)
    drain(services, by_model(services, b""), clock)
    task = the_task(services, batch)
    assert (task.status, task.faults) == (TaskStatus.FAILED, 0)
    assert "Shorten its description" in (task.reason or "")
