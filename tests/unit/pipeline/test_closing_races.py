"""What moves in the very moment in which a batch is settled and closed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from assetql.domain.batch import FollowUpKind, FollowUpStatus
from assetql.domain.errors import StoreUnavailable
from assetql.domain.ledger import Tally
from assetql.domain.task import TaskStatus
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.export import ExportOutcome
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.effects import Effect, watched
from tests.support.homes import OWNER, started
from tests.support.invariants import check_at_rest, tasks_of
from tests.unit.pipeline.acting import (
    MAKE,
    At,
    endings,
    export,
    follow_ups,
    leave_a_stray_object,
    retry,
    work_through,
)

# What somebody does between two steps of the reconciler that closes a batch.
CLOSING = ["batches.save_follow_up", "inbox.post", "objects.delete", "batches.save"]


@dataclass
class BehindTheTally:
    """A task store in which something happens right after the first tally was taken."""

    tasks: Any
    happens: Callable[[], object]
    done: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tasks, name)

    def tally(self, workspace: str, batch_id: str) -> Tally:
        tally = self.tasks.tally(workspace, batch_id)
        if not self.done:
            self.done = True
            self.happens()
        return tally


def behind_the_tally(services: Services, happens: Callable[[], object]) -> Services:
    tasks: Any = BehindTheTally(services.stores.tasks, happens)
    return replace(services, stores=replace(services.stores, tasks=tasks))


def test_what_ends_right_after_it_was_settled_is_paid_before_the_batch_closes(
    services: Services, clock: ManualClock
) -> None:
    started(services, "Sword")
    tidy(behind_the_tally(services, lambda: step(services, MAKE)))
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)
    assert services.stores.ledger.account(OWNER.workspace).spent == PRICE


@pytest.mark.parametrize("effect", CLOSING)
def test_an_export_asked_for_while_the_batch_closes_is_made(
    services: Services, clock: ManualClock, effect: str
) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    leave_a_stray_object(services, batch)
    outcomes: list[ExportOutcome] = []
    at = At(effect, lambda: outcomes.append(export(services, batch)))
    tidy(watched(services, at))
    drain(services, MAKE, clock)
    (outcome,) = outcomes
    made = follow_ups(services, batch).get(FollowUpKind.EXPORT) is FollowUpStatus.DONE
    assert made if outcome.scheduled else outcome.package
    check_at_rest(services, OWNER.workspace)


def test_an_export_is_made_whose_batch_closes_as_it_is_declared(
    services: Services, clock: ManualClock
) -> None:
    """The close had looked for what is declared before."""
    batch = started(services, "Sword")
    work_through(services)
    outcomes: list[ExportOutcome] = []

    def export_during_the_close() -> None:
        half = watched(services, At("batches.save", lambda: tidy(services)))
        outcomes.append(export(half, batch))

    tidy(watched(services, At("batches.save", export_during_the_close)))
    drain(services, MAKE, clock)
    (outcome,) = outcomes
    assert outcome.scheduled
    assert follow_ups(services, batch)[FollowUpKind.EXPORT] is FollowUpStatus.DONE
    check_at_rest(services, OWNER.workspace)


@pytest.mark.parametrize("effect", CLOSING)
def test_a_retry_while_the_batch_closes_runs_and_is_told_of_at_its_end(
    services: Services, clock: ManualClock, effect: str
) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    leave_a_stray_object(services, batch)
    at = At(effect, lambda: retry(services, batch))
    tidy(watched(services, at))
    drain(services, MAKE, clock)
    assert {task.status for task in tasks_of(services.stores, batch)} == {TaskStatus.READY}
    assert endings(services)[-1] == "READY."
    check_at_rest(services, OWNER.workspace)


def test_a_retry_that_is_cancelled_before_it_is_declared_leaves_nothing_undone(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    tidy(services)

    def cancel_and_close() -> None:
        cancel_batch(batch.batch_id, caller=OWNER, stores=services.stores, clock=clock)
        tidy(services)

    retry(watched(services, At("batches.add_follow_up", cancel_and_close)), batch)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)


def test_what_a_retry_makes_is_not_swept_away(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    key = f"raw/{batch.workspace}/{batch.batch_id}/not-committed-yet.png"

    def retry_and_store() -> None:
        retry(services, batch)
        services.stores.objects.put(key, b"image", media_type="image/png")

    tidy(watched(services, At("batches.save_follow_up", retry_and_store)))
    assert services.stores.objects.exists(key)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)


def test_an_answer_that_could_not_be_carried_out_is_not_the_end(services: Services) -> None:
    """Whoever works until nothing is left to do has to come by once more."""

    def unreachable(effect: Effect, have: Callable[[], Any]) -> Any:
        if effect == "batches.add_follow_up":
            raise StoreUnavailable("out of order")
        return have()

    with suppress(StoreUnavailable):
        started(watched(services, unreachable), "Sword")
    assert tidy(watched(services, unreachable)).open_batches == 1
    assert tidy(services).carried_out == 1
