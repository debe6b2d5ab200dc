"""The end of a batch: follow-ups that fail, are late, or are asked for in another order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from assetql.domain.batch import FollowUpKind, FollowUpStatus
from assetql.domain.errors import ModelUnavailable
from assetql.domain.task import TaskStatus
from assetql.pipeline.export import get_package
from assetql.ports import TaggingRequest
from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.homes import OWNER, draft, start, started
from tests.support.invariants import assets_of, check_at_rest, notices_of, tasks_of
from tests.unit.pipeline.acting import MAKE, endings, export, follow_ups


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
    start(services, batch)
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
