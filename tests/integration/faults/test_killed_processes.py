"""A process is killed before or after its every effect; what it leaves is finished by the next."""

import os
import signal
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assetql.domain.batch import Batch, BatchStatus
from assetql.domain.errors import Conflict
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task, TaskStatus
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import report_batch
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.export import request_export
from assetql.pipeline.make_image import MadeImage, MakeImage
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.start_batch import request_start
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step
from tests.support.effects import Fuse, watched
from tests.support.homes import HOUR, OWNER, draft, open_home, start
from tests.support.invariants import (
    batches_of,
    check_always,
    check_at_rest,
    notices_of,
    packages_of,
    tasks_of,
)
from tests.support.making import Fate, scripted

# The cap is two attempts: Shield and Cursed each leave a best attempt behind.
MAKE = scripted(
    {
        "Potion": Fate(faults=1),
        "Shield": Fate(scores=(0.1,)),
        "Cursed": Fate(scores=(0.2, 0.1)),
        "Vile": Fate(refusal="'Vile' can't be made."),
    }
)
# Every so many effects, one is tried in the usual run; all of them by `make faults`.
SAMPLE = {"local": 9, "hurried_aws": 60}
CHUNKS = 9


def counted(services: Services) -> MakeImage:
    """Makes images by the script, and writes down each one where a kill leaves it."""

    def make(task: Task, profile: StyleProfile | None) -> MadeImage:
        made = MAKE(task, profile)
        services.settings.home.mkdir(parents=True, exist_ok=True)
        with (services.settings.home / "made").open("a") as file:
            file.write(f"{task.name}\n")
        return made

    return make


def main_job(services: Services, clock: ManualClock) -> None:
    """What one caller does, from the draft to the package and the second run."""
    make = counted(services)
    batch = draft(services, "Sword", "Shield", "Potion", "Cursed", "Vile", key="main")
    with suppress(Conflict):  # it was asked and answered before the process died
        start(services, batch)
    export(services, batch)
    drain(services, make, clock)
    retry_failed(
        batch.batch_id, caller=OWNER, stores=services.stores, clock=services.clock, key="again"
    )
    drain(services, make, clock)


def export(services: Services, batch: Batch) -> None:
    request_export(
        presets=["raw"],
        caller=OWNER,
        stores=services.stores,
        clock=services.clock,
        key="export",
        batch_id=batch.batch_id,
    )


def change_of_mind(services: Services, clock: ManualClock) -> None:
    """One batch is cancelled while it runs, another is not wanted at all."""
    stores, make = services.stores, counted(services)
    batch = draft(services, "Cursed", "Sword", "Potion", key="dropped")
    with suppress(Conflict):
        start(services, batch)
    step(services, make)
    step(services, make)
    with suppress(Conflict):  # the next process may have finished it
        cancel_batch(batch.batch_id, caller=OWNER, stores=stores, clock=services.clock)
    drain(services, make, clock)
    unwanted = draft(services, "Fork", key="unwanted")
    with suppress(Conflict):
        decline(services, unwanted)
        cancel_batch(unwanted.batch_id, caller=OWNER, stores=stores, clock=services.clock)
    drain(services, make, clock)


def decline(services: Services, batch: Batch) -> None:
    """Asks for its start, and says no."""
    stores, clock = services.stores, services.clock
    asked = request_start(
        batch.batch_id, caller=OWNER, stores=stores, clock=clock, terms=services.terms
    )
    answer_approval(asked.approval_id, approve=False, caller=OWNER, stores=stores, clock=clock)


@dataclass(frozen=True)
class Job:
    """`images` is how many it takes at most where nobody is killed."""

    act: Callable[[Services, ManualClock], None]
    images: int


JOBS = {"main_job": Job(main_job, 8), "change_of_mind": Job(change_of_mind, 4)}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Home:
    """Where a job works: a folder, or the installation that goes with it."""

    path: Path
    family: str

    def open(self, clock: ManualClock) -> AbstractContextManager[Services]:
        return open_home(self.path, family=self.family, clock=clock)


def run_until_killed(home: Home, job: Job, at: int, *, after: bool) -> bool:
    """In a process of its own; True where it was killed, False where it came to its end."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "see its traceback above"
        return os.WIFSIGNALED(status)
    try:
        clock = ManualClock()
        with home.open(clock) as services:
            job.act(watched(services, Fuse(at, after, die)), clock)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the child must not run on as a second pytest
        traceback.print_exc()
        os._exit(1)


def check_outcome(services: Services) -> None:
    """What the two jobs come to, killed or not."""
    stores = services.stores
    by_name = {batch.name: batch for batch in batches_of(stores, OWNER.workspace)}
    ready = 0
    for batch in by_name.values():
        ready += sum(task.status is TaskStatus.READY for task in tasks_of(stores, batch))
    account = stores.ledger.account(OWNER.workspace)
    assert (account.reserved, account.spent) == (0, ready * PRICE)
    if main := by_name.get("Sword and 4 more"):
        assert report_batch(main, stores=stores).status is BatchStatus.READY
        ended = [m for m in notices(services, main) if "has ended" in m]
        assert len(ended) == 2, "one notice for each run"
        assert len(packages_of(stores, OWNER.workspace)) == 1
        told = [m for m in notices(services, main) if m.endswith("by ana.")]
        assert len(told) == 1, "the thread is told of the answer, once"


def notices(services: Services, batch: Batch) -> list[str]:
    messages = notices_of(services.stores, OWNER.workspace, "thread")
    return [m.text for m in messages if m.facts.get("batch_id") == batch.batch_id]


def check_images(services: Services, job: Job, *, wasted: int) -> None:
    """A kill costs the image that was being made, and no other."""
    made = (services.settings.home / "made").read_text().splitlines()
    assert len(made) <= job.images + wasted, made


def check_recovery(home: Home, job: Job) -> None:
    """The next process finishes what was begun; then the caller asks for everything again."""
    clock = ManualClock()
    clock.advance(HOUR)
    with home.open(clock) as services:
        check_always(services, OWNER.workspace)
        drain(services, counted(services), clock)
        check_at_rest(services, OWNER.workspace)
        job.act(services, clock)
        check_at_rest(services, OWNER.workspace)
        check_outcome(services)
        check_images(services, job, wasted=1)


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_job_that_is_not_killed(job: Job, tmp_path: Path, timeless: str) -> None:
    clock = ManualClock()
    with Home(tmp_path, timeless).open(clock) as services:
        job.act(services, clock)
        check_at_rest(services, OWNER.workspace)
        check_outcome(services)
        check_images(services, job, wasted=0)


def check_kills(home: Home, job: Job, first: int, stride: int, *, after: bool) -> None:
    """Kills the job at every `stride`-th effect from the `first` on, until it comes to its end."""
    at = first
    while run_until_killed(fresh := replace(home, path=home.path / str(at)), job, at, after=after):
        check_recovery(fresh, job)
        at += stride
    assert at > first, "no effect was reached at all"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_kill_loses_and_doubles_nothing(
    job: Job, after: bool, tmp_path: Path, timeless: str
) -> None:
    check_kills(Home(tmp_path, timeless), job, 1 + after, SAMPLE[timeless], after=after)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_kill_at_any_effect_loses_and_doubles_nothing(
    job: Job, after: bool, chunk: int, tmp_path: Path, timeless: str
) -> None:
    check_kills(Home(tmp_path, timeless), job, 1 + chunk, CHUNKS, after=after)
