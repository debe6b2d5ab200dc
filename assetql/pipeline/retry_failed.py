"""retry_failed: what FAILED gets a new run, paid from the share that it gave back."""

from collections.abc import Iterator
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
from assetql.pipeline.paging import pages_of
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

    Killed half-way it is run again. Several may go on with the same retry: they queue a task only
    while the batch is not dispatched, for after that the share of what failed goes back.
    """
    # Declared only now: a run that was not reserved must not be followed up.
    declare_defaults(batch, stores=stores)
    retried = 0
    latest: Batch | None = batch
    while latest and latest.runs == batch.runs and not (latest.dispatched or latest.cancelled_at):
        try:
            for failed in _failed(latest, stores=stores):
                again = [_run_again(task, at) for task in failed]
                retried += len(stores.tasks.requeue(again, reopened=latest))
        except Conflict:
            latest = stores.batches.get(batch.workspace, batch.batch_id)
            continue
        dispatch(batch.workspace, batch.batch_id, run=batch.runs, stores=stores)
        break
    return retried


def _failed(batch: Batch, *, stores: Stores) -> Iterator[list[Task]]:
    """Page by page, without what failed anew in this run."""
    for page in pages_of(
        lambda after: stores.tasks.page(
            batch.workspace, batch.batch_id, status=TaskStatus.FAILED, after=after
        )
    ):
        yield [task for task in page.items if task.run < batch.runs]


def _run_again(task: Task, at: datetime) -> Task:
    return task.retry(seed=(task.seed + _SEED_STEP) % 2**31, at=at)


def _require_retryable(batch: Batch) -> None:
    if batch.started_at is None:
        raise Conflict(f"{batch.batch_id} was not started.", remedy="Start it first.")
    if batch.cancelled_at:
        raise Conflict(f"{batch.batch_id} was cancelled.", remedy="Draft a new batch.")
