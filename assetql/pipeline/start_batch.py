"""start_batch: ask people first; once one of them said yes, reserve the money and dispatch."""

from dataclasses import replace

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded, Conflict, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.ledger import LedgerEntry
from assetql.domain.money import Account, money_text
from assetql.domain.terms import Terms
from assetql.pipeline.audit import note, on_behalf_of
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.dispatch import dispatch
from assetql.pipeline.follow_ups import declare_defaults
from assetql.ports import Clock, Stores

_ASKED_AGAIN = 100


def request_start(
    batch_id: str,
    *,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    terms: Terms,
    thread_id: str | None = None,
) -> Approval:
    """Asks whether a drafted batch may start for its quote; asking twice is one question.

    Raises: NotFound; Conflict where it was started or cancelled; BudgetExceeded.
    """
    caller.require(Action.START)
    batch = get_batch(batch_id, caller=caller, stores=stores)
    require_draft(batch)
    require_budget(batch.quote.total, stores.ledger.account(caller.workspace))
    now = clock.now()
    for ask in range(1, _ASKED_AGAIN):
        approval = stores.approvals.create(
            Approval(
                workspace=caller.workspace,
                approval_id=derived_id("apr", batch_id, ask),
                batch_id=batch_id,
                run=1,
                quote=batch.quote,
                requested_by=caller.user,
                created_at=now,
                expires_at=now + terms.approval,
                thread_id=thread_id or batch.thread_id,
            )
        )
        if approval.status_at(now) in {ApprovalStatus.PENDING, ApprovalStatus.APPROVED}:
            return approval
    raise Conflict(f"{batch_id} was declined {_ASKED_AGAIN} times.", remedy="Draft a new batch.")


def require_draft(batch: Batch) -> None:
    """Raises: Conflict."""
    if batch.started_at:
        raise Conflict(
            f"{batch.batch_id} was already started.", remedy="See its status, or draft a new one."
        )
    if batch.cancelled_at:
        raise Conflict(f"{batch.batch_id} was cancelled.", remedy="Draft a new batch.")


def require_budget(total: int, account: Account) -> None:
    """Raises: BudgetExceeded."""
    if total > account.available:
        raise BudgetExceeded(
            f"This needs {money_text(total)}; {money_text(account.available)} of the budget "
            f"of {money_text(account.budget)} is available.",
            remedy="Raise the budget (assetql budget --set AMOUNT) or make fewer images.",
        )


def execute_start(approval: Approval, *, stores: Stores, clock: Clock) -> None:
    """Carries out an APPROVED start; run again after a crash it does what is missing.

    Raises: BudgetExceeded where the money went elsewhere meanwhile; Conflict where the batch was
    cancelled.
    """
    while True:
        batch = stores.batches.get(approval.workspace, approval.batch_id)
        if batch is None:
            raise NotFound("batch", approval.batch_id)
        if batch.started_at:
            break
        require_draft(batch)
        try:
            _reserve(batch, approval, stores=stores, clock=clock)
        except Conflict:
            continue  # somebody saved the draft meanwhile: look again
    note(
        stores.audit,
        "batch.start",
        batch.batch_id,
        caller=on_behalf_of(batch.workspace, approval.answered_by or approval.requested_by),
        at=batch.started_at,
        facts={"approval_id": approval.approval_id, "requested_by": approval.requested_by},
    )
    dispatch(approval.workspace, approval.batch_id, run=1, stores=stores)


def _reserve(batch: Batch, approval: Approval, *, stores: Stores, clock: Clock) -> None:
    now = clock.now()
    started = replace(
        batch,
        started_at=now,
        runs=1,
        dispatched=False,
        held=approval.quote.total,
        thread_id=approval.thread_id,
        version=batch.version + 1,
    )
    entry = LedgerEntry(
        workspace=batch.workspace,
        entry_id=f"{batch.batch_id}:start",
        batch_id=batch.batch_id,
        reserved=approval.quote.total,
        spent=0,
        at=now,
    )
    declare_defaults(started, stores=stores)
    stores.ledger.post(entry, batch=started)
