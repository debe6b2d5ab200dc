"""What people ask for in one line each, and moments in which they do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assetql.domain.approval import Approval
from assetql.domain.batch import Batch, FollowUpKind, FollowUpStatus
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.export import ExportOutcome, request_export
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.set_budget import set_budget
from assetql.pipeline.start_batch import request_start
from assetql.services import Services
from tests.support.driving import step
from tests.support.homes import OWNER
from tests.support.invariants import notices_of
from tests.support.making import Fate, scripted

MAKE = scripted({"Vile": Fate(refusal="No.")})


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


class Killed(BaseException):
    """The process is gone."""


def kill() -> None:
    raise Killed


def follow_ups(services: Services, batch: Batch) -> dict[FollowUpKind, FollowUpStatus]:
    found = services.stores.batches.follow_ups(batch.workspace, batch.batch_id)
    return {follow_up.kind: follow_up.status for follow_up in found}


def retry(services: Services, batch: Batch, key: str = "again") -> int:
    report = retry_failed(
        batch.batch_id, caller=OWNER, stores=services.stores, clock=services.clock, key=key
    )
    return report.retried


def export(services: Services, batch: Batch) -> ExportOutcome:
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


def ask(services: Services, batch: Batch) -> Approval:
    return request_start(
        batch.batch_id,
        caller=OWNER,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )


def answer(services: Services, approval_id: str, *, approve: bool = True) -> Approval:
    return answer_approval(
        approval_id, approve=approve, caller=OWNER, stores=services.stores, clock=services.clock
    )


def endings(services: Services) -> list[str]:
    messages = notices_of(services.stores, OWNER.workspace, "thread")
    return [m.text.rpartition(" ")[2] for m in messages if "has ended" in m.text]


def leave_a_stray_object(services: Services, batch: Batch) -> None:
    """As a worker does that is killed before it commits."""
    key = f"raw/{batch.workspace}/{batch.batch_id}/stray.png"
    services.stores.objects.put(key, b"stray", media_type="image/png")


def set_money(services: Services, budget: int) -> None:
    set_budget(budget, caller=OWNER, stores=services.stores, clock=services.clock)


def reread(services: Services, batch: Batch) -> Batch:
    stored = services.stores.batches.get(batch.workspace, batch.batch_id)
    assert stored
    return stored
