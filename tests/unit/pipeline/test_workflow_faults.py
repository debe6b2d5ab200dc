"""The end of a batch: follow-ups that fail, and people who act at the moment when it closes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.approval import ApprovalStatus
from assetql.domain.batch import Batch, FollowUpKind, FollowUpStatus
from assetql.domain.errors import BudgetExceeded, Conflict, ModelUnavailable
from assetql.domain.task import TaskStatus
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import report_batch
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.export import get_package, request_export
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.set_budget import set_budget
from assetql.pipeline.start_batch import request_start
from assetql.ports import TaggingRequest
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.effects import Fuse, watched
from tests.support.homes import OWNER, draft, open_home, started
from tests.support.invariants import assets_of, check_at_rest, notices_of, tasks_of
from tests.support.making import Fate, scripted

MAKE = scripted({"Vile": Fate(refusal="No.")})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock, budget=1.0) as opened:
        yield opened


@dataclass
class FailingTagger:
    """Fails a number of times, then finds no tags."""

    error: type[Exception]
    times: int
    name: str = "failing-1"

    def answers(
        self, requests: Sequence[TaggingRequest], vocabulary: Sequence[str]
    ) -> Sequence[str]:
        self.times -= 1
        if self.times >= 0:
            raise self.error("The tagger is out of order.")
        return ['{"tags": []}' for _ in requests]


@dataclass
class At:
    """Does something at the first effect of this name, just before it is had."""

    effect: str
    act: Callable[[], object]
    log: list[str] = field(default_factory=list[str])

    def __call__(self, effect: str, have: Callable[[], Any]) -> Any:
        first = effect == self.effect and effect not in self.log
        self.log.append(effect)
        if first:
            self.act()
        return have()


def follow_ups(services: Services, batch: Batch) -> dict[FollowUpKind, FollowUpStatus]:
    found = services.stores.batches.follow_ups(batch.workspace, batch.batch_id)
    return {follow_up.kind: follow_up.status for follow_up in found}


def retry(services: Services, batch: Batch, key: str = "again") -> int:
    report = retry_failed(
        batch.batch_id, caller=OWNER, stores=services.stores, clock=services.clock, key=key
    )
    return report.retried


def export(services: Services, batch: Batch) -> Any:
    return request_export(
        presets=["raw"],
        caller=OWNER,
        stores=services.stores,
        clock=services.clock,
        key="export",
        batch_id=batch.batch_id,
    )


def cancel(services: Services, batch: Batch) -> None:
    cancel_batch(batch.batch_id, caller=OWNER, stores=services.stores, clock=services.clock)


def work_through(services: Services) -> None:
    while step(services, MAKE):
        pass


def endings(services: Services) -> list[str]:
    messages = notices_of(services.stores, OWNER.workspace, "thread")
    return [m.text.rpartition(" ")[2] for m in messages if "has ended" in m.text]


def test_a_tagger_that_is_away_for_a_while_is_waited_for(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    tagger = FailingTagger(ModelUnavailable, times=2)
    drain(replace(services, tagger=tagger), MAKE, clock)
    assert follow_ups(services, batch)[FollowUpKind.TAG] is FollowUpStatus.DONE
    (asset,) = assets_of(services.stores, batch)
    assert asset.tags.tagger == "failing-1"
    assert endings(services) == ["READY."]


def test_what_could_not_be_reached_is_tried_again_after_one_lease(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    away = replace(services, tagger=FailingTagger(ModelUnavailable, times=1))
    while step(away, MAKE):
        pass
    tidy(away)
    assert follow_ups(services, batch)[FollowUpKind.TAG] is FollowUpStatus.RUNNING
    tidy(away)
    assert follow_ups(services, batch)[FollowUpKind.TAG] is FollowUpStatus.RUNNING
    clock.advance(services.terms.lease)
    tidy(away)
    assert follow_ups(services, batch)[FollowUpKind.TAG] is FollowUpStatus.DONE


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelUnavailable, "given up after 5 tries; ask for it again"),
        (ZeroDivisionError, "crashed: ZeroDivisionError"),
    ],
)
def test_a_tagger_that_stays_away_does_not_hold_the_batch_open(
    services: Services, clock: ManualClock, error: type[Exception], told: str
) -> None:
    batch = started(services, "Sword")
    drain(replace(services, tagger=FailingTagger(error, times=99)), MAKE, clock)
    assert follow_ups(services, batch) == {
        FollowUpKind.TAG: FollowUpStatus.FAILED,
        FollowUpKind.NOTIFY: FollowUpStatus.DONE,
    }
    failed = services.stores.batches.follow_ups(batch.workspace, batch.batch_id)[0]
    assert failed.result == {"error": told}
    check_at_rest(services, OWNER.workspace)


def test_follow_ups_run_in_order_whatever_order_they_were_asked_in(
    services: Services, clock: ManualClock
) -> None:
    batch = draft(services, "Sword")
    export(services, batch)
    begin(services, batch)
    drain(services, MAKE, clock)
    (asset,) = assets_of(services.stores, batch)
    assert asset.tags.tagger
    found = services.stores.batches.follow_ups(batch.workspace, batch.batch_id)
    (packed,) = [f for f in found if f.kind is FollowUpKind.EXPORT]
    package = get_package(str(packed.result["export_id"]), caller=OWNER, stores=services.stores)
    assert package.assets == 1
    ended = notices_of(services.stores, OWNER.workspace, "thread")[-1]
    assert ended.facts["exports"] == [packed.result]


def test_an_export_of_nothing_ready_says_so(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Vile")
    export(services, batch)
    drain(services, MAKE, clock)
    assert follow_ups(services, batch)[FollowUpKind.EXPORT] is FollowUpStatus.FAILED
    assert endings(services) == ["FAILED."]


def begin(services: Services, batch: Batch) -> None:
    asked = ask(services, batch)
    answer(services, asked.approval_id)


def ask(services: Services, batch: Batch) -> Any:
    return request_start(
        batch.batch_id,
        caller=OWNER,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )


def answer(services: Services, approval_id: str, *, approve: bool = True) -> Any:
    return answer_approval(
        approval_id, approve=approve, caller=OWNER, stores=services.stores, clock=services.clock
    )


# What somebody does between two steps of the reconciler that closes a batch.
CLOSING = ["batches.save_follow_up", "inbox.post", "objects.delete", "batches.save"]


@pytest.mark.parametrize("effect", CLOSING)
def test_an_export_asked_for_while_the_batch_closes_is_made(
    services: Services, clock: ManualClock, effect: str
) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    leave_a_stray_object(services, batch)
    outcomes: list[Any] = []
    at = At(effect, lambda: outcomes.append(export(services, batch)))
    tidy(watched(services, at))
    drain(services, MAKE, clock)
    (outcome,) = outcomes
    made = follow_ups(services, batch).get(FollowUpKind.EXPORT) is FollowUpStatus.DONE
    assert made if outcome.scheduled else outcome.package
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


def leave_a_stray_object(services: Services, batch: Batch) -> None:
    """As a worker does that is killed before it commits."""
    key = f"raw/{batch.workspace}/{batch.batch_id}/stray.png"
    services.stores.objects.put(key, b"stray", media_type="image/png")


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


@pytest.mark.parametrize("approve", [True, False])
def test_an_answer_is_told_even_if_nobody_lives_to_tell(
    services: Services, clock: ManualClock, approve: bool
) -> None:
    asked = ask(services, draft(services, "Sword"))
    with pytest.raises(Killed):
        answer(watched(services, Fuse(1, True, kill)), asked.approval_id, approve=approve)
    tidy(services)
    (told,) = notices_of(services.stores, OWNER.workspace, "thread")
    assert told.facts["status"] == ("APPROVED" if approve else "DECLINED")
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)


def test_a_retry_that_is_refused_leaves_nothing_behind(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword", "Vile")
    drain(services, MAKE, clock)
    set_budget(PRICE, caller=OWNER, stores=services.stores, clock=clock)
    before = (
        services.stores.batches.get(batch.workspace, batch.batch_id),
        follow_ups_of(services, batch),
    )
    with pytest.raises(BudgetExceeded):
        retry(services, batch)
    after = (
        services.stores.batches.get(batch.workspace, batch.batch_id),
        follow_ups_of(services, batch),
    )
    assert after == before
    set_budget(2 * PRICE, caller=OWNER, stores=services.stores, clock=clock)
    assert retry(services, batch) == 1
    drain(services, MAKE, clock)
    assert endings(services) == ["PARTIAL.", "READY."]


def follow_ups_of(services: Services, batch: Batch) -> object:
    return services.stores.batches.follow_ups(batch.workspace, batch.batch_id)


def test_a_retry_that_was_cut_off_is_not_paid_twice(services: Services) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    with pytest.raises(Killed):
        retry(watched(services, Fuse(2, False, kill)), batch, "first")
    assert retry(services, batch, "second") == 1
    account = services.stores.ledger.account(OWNER.workspace)
    assert (account.reserved, account.spent) == (PRICE, PRICE)
    assert reread(services, batch).runs == 2, "the second finished what the first began"


class Killed(BaseException):
    """The process is gone."""


def kill() -> None:
    raise Killed


def test_a_cancelled_retry_does_not_run(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    with pytest.raises(Killed):
        retry(watched(services, Fuse(2, False, kill)), batch)
    cancel(services, batch)
    drain(services, MAKE, clock)
    ended = {task.name: (task.status, task.run) for task in tasks_of(services.stores, batch)}
    assert ended == {"Sword": (TaskStatus.READY, 1), "Vile": (TaskStatus.FAILED, 1)}
    check_at_rest(services, OWNER.workspace)


def test_a_retry_goes_on_where_the_batch_was_settled_meanwhile(services: Services) -> None:
    batch = started(services, "Sword", "Vile", "Axe")
    for _ in range(2):
        step(services, MAKE)
    at = At("ledger.post", lambda: tidy(services))
    assert retry(watched(services, at), batch) == 1


def test_a_cancel_goes_on_where_the_batch_was_settled_meanwhile(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword", "Vile", "Axe")
    step(services, MAKE)
    cancel(watched(services, At("batches.save", lambda: tidy(services))), batch)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)


@pytest.mark.parametrize("effect", ["approvals.save", "batches.add_follow_up", "ledger.post"])
def test_a_yes_to_a_batch_that_is_cancelled_meanwhile_spends_nothing(
    services: Services, clock: ManualClock, effect: str
) -> None:
    batch = draft(services, "Sword")
    asked = ask(services, batch)
    at = At(effect, lambda: cancel(services, batch))
    with pytest.raises(Conflict):
        answer(watched(services, at), asked.approval_id)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)
    assert services.stores.ledger.account(OWNER.workspace).spent == 0


def test_a_yes_that_the_money_no_longer_covers_leaves_the_question_open(
    services: Services, clock: ManualClock
) -> None:
    batch = draft(services, "Sword", "Axe")
    asked = ask(services, batch)
    short = At("ledger.post", lambda: set_money(services, PRICE))
    with pytest.raises(BudgetExceeded):
        answer(watched(services, short), asked.approval_id)
    stored = services.stores.approvals.get(OWNER.workspace, asked.approval_id)
    assert stored
    assert (stored.status, stored.answered_by) == (ApprovalStatus.PENDING, None)
    set_money(services, 2 * PRICE)
    answer(services, asked.approval_id)
    drain(services, MAKE, clock)
    assert report_batch(reread(services, batch), stores=services.stores).counts.READY == 2


def set_money(services: Services, budget: int) -> None:
    set_budget(budget, caller=OWNER, stores=services.stores, clock=services.clock)


def reread(services: Services, batch: Batch) -> Batch:
    stored = services.stores.batches.get(batch.workspace, batch.batch_id)
    assert stored
    return stored


@pytest.mark.parametrize("approve", [True, False])
def test_an_answer_is_given_once(services: Services, approve: bool) -> None:
    asked = ask(services, draft(services, "Sword"))
    answer(services, asked.approval_id, approve=approve)
    for second in (True, False):
        with pytest.raises(Conflict, match="was already"):
            answer(services, asked.approval_id, approve=second)


def test_a_question_expires_and_is_asked_anew(services: Services, clock: ManualClock) -> None:
    batch = draft(services, "Sword")
    asked = ask(services, batch)
    clock.advance(services.terms.approval)
    with pytest.raises(Conflict, match="expired"):
        answer(services, asked.approval_id)
    again = ask(services, batch)
    assert again.approval_id != asked.approval_id
    assert answer(services, again.approval_id).executed


def test_a_task_whose_message_was_lost_is_sent_again(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    (lost,) = services.stores.queue.receive(limit=1, visibility=services.terms.lease)
    services.stores.queue.ack(lost)
    drain(services, MAKE, clock)
    (task,) = tasks_of(services.stores, batch)
    assert task.status is TaskStatus.READY
    check_at_rest(services, OWNER.workspace)
