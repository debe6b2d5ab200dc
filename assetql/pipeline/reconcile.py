"""reconcile: repairs what crashes leave behind. Safe to run anywhere, any time, by many."""

from collections.abc import Iterator
from dataclasses import dataclass

from assetql.domain.batch import Batch
from assetql.domain.errors import AssetQLError, Conflict, Unavailable
from assetql.domain.task import TaskStatus
from assetql.pipeline.approve import carry_out
from assetql.pipeline.dead_letters import bury_dead_letter
from assetql.pipeline.dispatch import message_of
from assetql.pipeline.generate import release_expired
from assetql.pipeline.paging import items_of
from assetql.pipeline.workflow import Workflow, close_batch
from assetql.ports import Stores
from assetql.telemetry.events import EventLog
from assetql.telemetry.tracing import span

_EVENTS = EventLog(__name__)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What one pass did; something is left to do for the `open_batches`."""

    released: int
    resent: int
    carried_out: int
    buried: int
    open_batches: int


def reconcile(workflow: Workflow) -> Repairs:
    """One pass over leases, answers, batches, dead letters and stranded tasks."""
    with span("reconcile"):
        released = _release_expired(workflow)
        carried_out, waiting = _carry_out_answers(workflow)
        repairs = Repairs(
            released=released,
            carried_out=carried_out,
            buried=_bury(workflow),
            open_batches=waiting + _close(workflow),
            resent=_resend_stranded(workflow),
        )
        workflow.stores.index.catch_up()
    return repairs


def active_batches(stores: Stores) -> Iterator[Batch]:
    """Started or cancelled batches of all workspaces that are not closed."""
    return items_of(lambda after: stores.batches.active(after=after, limit=_AT_ONCE))


def _release_expired(workflow: Workflow) -> int:
    stores, now = workflow.stores, workflow.clock.now()
    released = 0
    for task in stores.tasks.expired(now, _AT_ONCE):
        try:
            moved = release_expired(task, now, stores=stores, terms=workflow.terms)
        except Conflict:
            continue
        if moved and moved.status is TaskStatus.QUEUED:
            stores.queue.send([message_of(moved)])
        released += moved is not None
    return released


def _carry_out_answers(workflow: Workflow) -> tuple[int, int]:
    """How many were, and how many wait for what could not be reached."""
    done = waiting = 0
    for approval in workflow.stores.approvals.unexecuted(_AT_ONCE):
        try:
            carry_out(approval, stores=workflow.stores, clock=workflow.clock)
        except AssetQLError as error:
            _EVENTS.warning("approval.not_carried_out", error, approval=approval.approval_id)
            waiting += isinstance(error, Unavailable)
            continue
        done += 1
    return done, waiting


def _bury(workflow: Workflow) -> int:
    dead = workflow.stores.queue.receive_dead(limit=10, visibility=workflow.terms.lease)
    for delivery in dead:
        bury_dead_letter(delivery, stores=workflow.stores, clock=workflow.clock)
    return len(dead)


def _close(workflow: Workflow) -> int:
    still_open = 0
    for batch in active_batches(workflow.stores):
        still_open += not _closed(batch, workflow)
    return still_open


def _closed(batch: Batch, workflow: Workflow) -> bool:
    try:
        return close_batch(batch.workspace, batch.batch_id, workflow)
    except Unavailable:
        raise
    except AssetQLError as error:  # one batch that can't be closed must not keep the others open
        ids = {"workspace": batch.workspace, "batch": batch.batch_id}
        _EVENTS.warning("batch.not_closed", error, **ids)
        return False


def _resend_stranded(workflow: Workflow) -> int:
    """With nothing on the queue, a task that has waited for a whole lease has lost its message."""
    stores = workflow.stores
    depth = stores.queue.depth()
    if depth.visible or depth.in_flight:
        return 0
    stranded = stores.tasks.stuck(workflow.clock.now() - workflow.terms.lease, _AT_ONCE)
    if stranded:
        stores.queue.send([message_of(task) for task in stranded])
    return len(stranded)
