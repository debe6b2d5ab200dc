"""retry_failed: what FAILED gets a new run, paid from the share that it gave back."""

from dataclasses import dataclass
from datetime import datetime

from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict
from assetql.domain.identity import Action, Principal
from assetql.domain.ledger import reopening
from assetql.domain.task import Task, TaskStatus
from assetql.pipeline.audit import note
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.dispatch import dispatch
from assetql.pipeline.follow_ups import declare_defaults
from assetql.pipeline.paging import tasks_of
from assetql.ports import Clock, Stores

_SEED_STEP = 7_919


@dataclass(frozen=True, slots=True)
class RetryReport:
    """How many tasks run again."""

    batch: Batch
    retried: int


def retry_failed(
    batch_id: str, *, caller: Principal, stores: Stores, clock: Clock, key: str
) -> RetryReport:
    """Runs the failed tasks of a started batch again, once per idempotency `key`.

    It needs no new approval: the batch stays within the quote that was approved.
    Raises: NotFound; Conflict; BudgetExceeded.
    """
    caller.require(Action.START)
    while True:
        # The batch first: whatever retries or settles after this read takes its version away.
        batch = get_batch(batch_id, caller=caller, stores=stores)
        _require_retryable(batch)
        tally = stores.tasks.tally(batch.workspace, batch_id)
        if not (batch.dispatched and tally.counts.FAILED):
            break  # nothing failed, or a retry that was cut off has to be finished first
        now = clock.now()
        reopened, entry = reopening(batch, tally, key, now)
        try:
            posted = stores.ledger.post(entry, batch=reopened)
        except Conflict:
            continue
        if posted:
            _record(reopened, caller=caller, stores=stores, at=now)
        break
    retried = _resume(batch_id, caller=caller, stores=stores, at=clock.now())
    return RetryReport(get_batch(batch_id, caller=caller, stores=stores), retried)


def _resume(batch_id: str, *, caller: Principal, stores: Stores, at: datetime) -> int:
    batch = get_batch(batch_id, caller=caller, stores=stores)
    if batch.dispatched or batch.cancelled_at:
        return 0
    if batch.runs > 1:
        _record(batch, caller=caller, stores=stores, at=at)
    return requeue_failed(batch, stores=stores, at=at)


def _record(batch: Batch, *, caller: Principal, stores: Stores, at: datetime) -> None:
    run = f"run-{batch.runs}"
    note(stores.audit, "batch.retry", batch.batch_id, caller=caller, at=at, once=run)


def requeue_failed(batch: Batch, *, stores: Stores, at: datetime) -> int:
    """FAILED → QUEUED for every failed task of a reopened batch, then dispatch.

    Killed half-way it is run again. What failed anew in this run is left alone: where two go on
    with the same retry, its share may have gone back already.
    """
    # Declared only now: a run that was not reserved must not be followed up.
    declare_defaults(batch, stores=stores)
    failed = tasks_of(batch, status=TaskStatus.FAILED, stores=stores)
    retried = sum(_requeue(task, stores, at) for task in failed if task.run < batch.runs)
    dispatch(batch.workspace, batch.batch_id, stores=stores)
    return retried


def _requeue(task: Task, stores: Stores, at: datetime) -> bool:
    try:
        stores.tasks.save(task.retry(seed=(task.seed + _SEED_STEP) % 2**31, at=at))
    except Conflict:
        return False  # another retry of the same batch was faster
    return True


def _require_retryable(batch: Batch) -> None:
    if batch.started_at is None:
        raise Conflict(f"{batch.batch_id} was not started.", remedy="Start it first.")
    if batch.cancelled_at:
        raise Conflict(f"{batch.batch_id} was cancelled.", remedy="Draft a new batch.")
