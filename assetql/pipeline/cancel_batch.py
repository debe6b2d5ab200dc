"""cancel: what has not ended ends as CANCELLED, and its money goes back."""

from contextlib import suppress
from dataclasses import replace

from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict
from assetql.domain.identity import Action, Principal
from assetql.domain.task import OPEN, TaskKey
from assetql.pipeline.audit import note
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from assetql.pipeline.paging import tasks_of
from assetql.pipeline.settle import settle
from assetql.ports import Clock, Stores


def cancel_batch(batch_id: str, *, caller: Principal, stores: Stores, clock: Clock) -> BatchReport:
    """Cancels a draft or a running batch; images that are READY stay.

    Raises: NotFound; Conflict where it has ended.
    """
    caller.require(Action.EDIT)
    while True:
        # The tasks first: another cancel saves the batch before it ends them.
        still_open = stores.tasks.tally(caller.workspace, batch_id).counts.open
        batch = get_batch(batch_id, caller=caller, stores=stores)
        if batch.cancelled_at:
            break
        if batch.started_at and batch.dispatched and not still_open:
            raise Conflict(
                f"{batch_id} has ended; there is nothing left to cancel.",
                remedy="Its images are in the search.",
            )
        cancelled = replace(batch, cancelled_at=clock.now(), version=batch.version + 1)
        with suppress(Conflict):  # somebody settled or started it meanwhile: look again
            stores.batches.save(cancelled)
    at = batch.cancelled_at
    note(stores.audit, "batch.cancel", batch_id, caller=caller, at=at, once="cancelled")
    cancel_tasks(batch, stores=stores, clock=clock)
    return report_batch(get_batch(batch_id, caller=caller, stores=stores), stores=stores)


def cancel_tasks(batch: Batch, *, stores: Stores, clock: Clock) -> None:
    """Ends the open tasks of a cancelled batch; run again after a crash it ends the rest."""
    for status in OPEN:
        for task in tasks_of(batch, status=status, stores=stores):
            _cancel_one(batch, task.key.task_id, stores=stores, clock=clock)
    settle(batch.workspace, batch.batch_id, stores=stores, clock=clock)


def _cancel_one(batch: Batch, task_id: str, *, stores: Stores, clock: Clock) -> None:
    while True:
        task = stores.tasks.get(TaskKey(batch.workspace, batch.batch_id, task_id))
        if task is None or task.status not in OPEN:
            return
        try:
            stores.tasks.save(task.cancel(at=clock.now()))
        except Conflict:
            continue  # a worker moved it meanwhile: look again
        return
