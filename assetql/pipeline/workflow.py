"""workflow: an ended batch is settled, followed up (tag → export → notify) and closed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from assetql.domain.batch import Batch, FollowUp, FollowUpKind, FollowUpStatus
from assetql.domain.errors import AssetQLError, Conflict, Unavailable
from assetql.domain.identity import Principal, Role
from assetql.domain.ledger import settlement
from assetql.domain.terms import Terms
from assetql.pipeline.audit import note, on_behalf_of
from assetql.pipeline.cancel_batch import cancel_tasks
from assetql.pipeline.dispatch import dispatch
from assetql.pipeline.retry_failed import requeue_failed
from assetql.pipeline.settle import settle
from assetql.pipeline.sweep import sweep_objects
from assetql.pipeline.tag import tag_assets
from assetql.pipeline.tell import tell_end
from assetql.ports import Clock, Stores, Tagger
from assetql.telemetry.events import EventLog
from assetql.telemetry.ids import bound
from assetql.telemetry.metrics import count_batch_closed
from assetql.telemetry.tracing import span

_EVENTS = EventLog(__name__)
_ORDER = tuple(FollowUpKind)
_TRIES = 5
_LEASES = 10  # packing thousands of images takes longer than making one


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What following up needs."""

    stores: Stores
    clock: Clock
    terms: Terms
    tagger: Tagger


def close_batch(workspace: str, batch_id: str, workflow: Workflow) -> bool:
    """Takes a started or cancelled batch as far as it can go now; True once it is closed.

    Run by whoever comes by, as often as they like: each step is conditional or idempotent.
    """
    with bound(workspace=workspace, batch=batch_id), span("close_batch"):
        return _close(workspace, batch_id, workflow)


def _close(workspace: str, batch_id: str, workflow: Workflow) -> bool:
    stores, clock = workflow.stores, workflow.clock
    batch = stores.batches.get(workspace, batch_id)
    if batch is None or batch.closed:
        return True
    _resume(batch, workflow)
    settle(workspace, batch_id, stores=stores, clock=clock)
    batch = stores.batches.get(workspace, batch_id)
    tally = stores.tasks.tally(workspace, batch_id)
    # What ended after it was settled has to be settled, too, before the batch is closed.
    if batch is None or tally.counts.open or settlement(batch, tally, clock.now()):
        return False
    if not _follow_up(batch, workflow):
        return False
    sweep_objects(batch, stores=stores)
    try:
        stores.batches.save(replace(batch, closed=True, version=batch.version + 1))
    except Conflict:
        # A retry reopened it, a follow-up was scheduled, or somebody else closed it.
        return False
    count_batch_closed()
    _EVENTS.info("batch.closed", run=batch.runs, cancelled=batch.cancelled_at is not None)
    return True


def _resume(batch: Batch, workflow: Workflow) -> None:
    """Finishes a cancel, a start or a retry that a crash cut off."""
    stores, clock = workflow.stores, workflow.clock
    if batch.cancelled_at:
        cancel_tasks(batch, stores=stores, clock=clock)
    if not batch.dispatched:
        if batch.runs > 1 and not batch.cancelled_at:
            requeue_failed(batch, stores=stores, at=clock.now())
        else:
            dispatch(batch.workspace, batch.batch_id, run=batch.runs, stores=stores)


def _follow_up(batch: Batch, workflow: Workflow) -> bool:
    """Runs what is due, in order; False where another worker is at it or it has to wait."""
    batches = workflow.stores.batches
    declared = batches.follow_ups(batch.workspace, batch.batch_id)
    latest = batches.get(batch.workspace, batch.batch_id)
    if latest is None or latest.version != batch.version:
        return False  # a retry began: what is declared may belong to a run that has not ended
    due = [f for f in declared if f.status in {FollowUpStatus.PENDING, FollowUpStatus.RUNNING}]
    for follow_up in sorted(due, key=lambda f: _ORDER.index(f.kind)):
        claimed = _claim(follow_up, workflow)
        if claimed is None or not _run(batch, claimed, workflow):
            return False
    return True


def _claim(follow_up: FollowUp, workflow: Workflow) -> FollowUp | None:
    now = workflow.clock.now()
    if follow_up.until and follow_up.until > now:
        return None
    claimed = replace(
        follow_up,
        status=FollowUpStatus.RUNNING,
        until=now + _LEASES * workflow.terms.lease,
        token=follow_up.token + 1,
        version=follow_up.version + 1,
    )
    try:
        workflow.stores.batches.save_follow_up(claimed)
    except Conflict:
        return None
    return claimed


def _run(batch: Batch, follow_up: FollowUp, workflow: Workflow) -> bool:
    if follow_up.token > _TRIES:
        gave_up = {"error": f"given up after {_TRIES} tries; ask for it again"}
        return _end(follow_up, FollowUpStatus.FAILED, gave_up, workflow)
    try:
        result = RUNNERS[follow_up.kind](batch, follow_up, workflow)
    except Unavailable as error:
        _EVENTS.warning("follow_up.waits", error, kind=follow_up.kind.value)
        return _put_off(follow_up, workflow)
    except AssetQLError as error:
        _EVENTS.warning("follow_up.failed", error, kind=follow_up.kind.value)
        return _end(follow_up, FollowUpStatus.FAILED, {"error": str(error)}, workflow)
    except Exception as error:  # noqa: BLE001 - it must not end the worker, nor hold its batch open
        _EVENTS.crash("follow_up.crashed", error, kind=follow_up.kind.value)
        crashed = {"error": f"crashed: {type(error).__name__}"}
        return _end(follow_up, FollowUpStatus.FAILED, crashed, workflow)
    _EVENTS.info("follow_up.done", kind=follow_up.kind.value)
    return _end(follow_up, FollowUpStatus.DONE, result, workflow)


def _put_off(follow_up: FollowUp, workflow: Workflow) -> bool:
    """What could not be reached is tried again after one lease; it is not done yet."""
    until = workflow.clock.now() + workflow.terms.lease
    with suppress(Conflict):
        workflow.stores.batches.save_follow_up(
            replace(follow_up, until=until, version=follow_up.version + 1)
        )
    return False


def _end(
    follow_up: FollowUp, status: FollowUpStatus, result: Mapping[str, object], workflow: Workflow
) -> bool:
    ended = replace(
        follow_up, status=status, result=result, until=None, version=follow_up.version + 1
    )
    try:
        workflow.stores.batches.save_follow_up(ended)
    except Conflict:
        return False
    return True


def _tag(batch: Batch, follow_up: FollowUp, workflow: Workflow) -> Mapping[str, object]:
    stores = workflow.stores
    tagged = tag_assets(batch, stores=stores, tagger=workflow.tagger)
    note(
        stores.audit,
        "batch.tag",
        batch.batch_id,
        caller=on_behalf_of(batch.workspace, follow_up.requested_by),
        at=workflow.clock.now(),
        once=follow_up.follow_up_id,  # who asked for it while the batch ran was recorded then
    )
    return {"tagged": tagged}


def _export(batch: Batch, follow_up: FollowUp, workflow: Workflow) -> Mapping[str, object]:
    from assetql.pipeline.export import pack_batch  # the encoders, which most runs don't need

    asker = Principal(batch.workspace, follow_up.requested_by, frozenset({Role.EDITOR}))
    presets = follow_up.arguments["presets"]
    assert isinstance(presets, list | tuple)
    package = pack_batch(
        batch,
        [str(name) for name in presets],  # pyright: ignore[reportUnknownArgumentType] - JSON
        caller=asker,
        stores=workflow.stores,
        clock=workflow.clock,
        key=str(follow_up.arguments["key"]),
    )
    return {"kind": "package", **asdict(package)}


def _notify(batch: Batch, follow_up: FollowUp, workflow: Workflow) -> Mapping[str, object]:
    thread_id = tell_end(
        batch, message_id=follow_up.follow_up_id, stores=workflow.stores, clock=workflow.clock
    )
    return {"thread_id": thread_id} if thread_id else {}


RUNNERS: dict[FollowUpKind, Callable[[Batch, FollowUp, Workflow], Mapping[str, object]]] = {
    FollowUpKind.TAG: _tag,
    FollowUpKind.EXPORT: _export,
    FollowUpKind.NOTIFY: _notify,
}
