"""approve: a person answers, once; every door shares this and no model can call it."""

from contextlib import suppress
from dataclasses import replace

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.errors import BudgetExceeded, Conflict, NotFound
from assetql.domain.identity import Action, Principal
from assetql.pipeline.audit import note, on_behalf_of
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.start_batch import execute_start, require_budget, require_draft
from assetql.pipeline.tell import tell_thread
from assetql.ports import Clock, Stores
from assetql.telemetry.events import EventLog
from assetql.telemetry.metrics import count_approval

_EVENTS = EventLog(__name__)


def answer_approval(
    approval_id: str, *, approve: bool, caller: Principal, stores: Stores, clock: Clock
) -> Approval:
    """Approves or declines; an approved start is carried out, and the thread is told.

    Raises: NotFound; Forbidden; Conflict where it was answered or has expired; BudgetExceeded,
    which leaves the question open.
    """
    caller.require(Action.APPROVE)
    now = clock.now()
    asked = stores.approvals.get(caller.workspace, approval_id)
    if asked is None:
        raise NotFound("approval", approval_id, remedy="Ask for the start of its batch again.")
    _require_open(asked, asked.status_at(now))
    if approve:
        require_draft(get_batch(asked.batch_id, caller=caller, stores=stores))
        require_budget(asked.quote.total, stores.ledger.account(caller.workspace))
    answered = replace(
        asked,
        status=ApprovalStatus.APPROVED if approve else ApprovalStatus.DECLINED,
        answered_by=caller.user,
        answered_at=now,
        version=asked.version + 1,
    )
    stores.approvals.save(answered)
    count_approval(answered.status.lower())
    _EVENTS.info(
        "approval.answered",
        answer=answered.status.lower(),
        workspace=answered.workspace,
        batch=answered.batch_id,
        approval=approval_id,
        thread=answered.thread_id,
    )
    return carry_out(answered, stores=stores, clock=clock)


def carry_out(answered: Approval, *, stores: Stores, clock: Clock) -> Approval:
    """Does what the answer asks for and tells the thread; run again it does what is missing.

    Raises: BudgetExceeded where the money went elsewhere meanwhile, and the question stands again;
    Conflict where the batch was cancelled meanwhile, and nothing is left to carry out.
    """
    _record(answered, stores=stores, clock=clock)
    try:
        if answered.status is ApprovalStatus.APPROVED:
            execute_start(answered, stores=stores, clock=clock)
    except BudgetExceeded:
        _reopen(answered, stores=stores)
        raise
    except Conflict:
        _finish(answered, stores=stores, clock=clock)
        raise
    return _finish(answered, stores=stores, clock=clock)


def _record(answered: Approval, *, stores: Stores, clock: Clock) -> None:
    verb = "approve" if answered.status is ApprovalStatus.APPROVED else "decline"
    note(
        stores.audit,
        f"approval.{verb}",
        answered.approval_id,
        caller=on_behalf_of(answered.workspace, answered.answered_by or answered.requested_by),
        at=answered.answered_at or clock.now(),
        facts={"batch_id": answered.batch_id},
    )


def _finish(answered: Approval, *, stores: Stores, clock: Clock) -> Approval:
    _tell(answered, stores=stores, clock=clock)
    done = replace(answered, executed=True, version=answered.version + 1)
    # A conflict: the reconciler, or the answer's own process, carried it out at the same time.
    with suppress(Conflict):
        stores.approvals.save(done)
    return done


def _reopen(answered: Approval, *, stores: Stores) -> None:
    stores.approvals.save(
        replace(
            answered,
            status=ApprovalStatus.PENDING,
            answered_by=None,
            answered_at=None,
            version=answered.version + 1,
        )
    )


def _tell(answered: Approval, *, stores: Stores, clock: Clock) -> None:
    if answered.thread_id is None:
        return
    tell_thread(
        answered.workspace,
        answered.thread_id,
        message_id=f"{answered.approval_id}:{answered.status}",
        text=f"{answered.approval_id} for {answered.batch_id}: {answered.status.lower()} "
        f"by {answered.answered_by}.",
        facts={
            "approval_id": answered.approval_id,
            "batch_id": answered.batch_id,
            "status": answered.status.value,
        },
        stores=stores,
        clock=clock,
    )


def _require_open(asked: Approval, status: ApprovalStatus) -> None:
    if status is ApprovalStatus.EXPIRED:
        raise Conflict(
            f"{asked.approval_id} expired at {asked.expires_at:%Y-%m-%d %H:%M} UTC.",
            remedy="Ask for the start again.",
        )
    if status is not ApprovalStatus.PENDING:
        raise Conflict(
            f"{asked.approval_id} was already {status.lower()} by {asked.answered_by}.",
            remedy="Nothing was changed.",
        )
