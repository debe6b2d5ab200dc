"""What must hold of a workspace, whatever happened to the processes that worked on it."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import count

from assetql.domain.approval import ApprovalStatus
from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, FollowUpStatus
from assetql.domain.ids import derived_id
from assetql.domain.task import OPEN, Task, TaskStatus
from assetql.domain.thread import InboxMessage
from assetql.ports import Stores
from assetql.services import Services

ENDED = frozenset({TaskStatus.READY, TaskStatus.FAILED, TaskStatus.CANCELLED})


def batches_of(stores: Stores, workspace: str) -> tuple[Batch, ...]:
    return stores.batches.page(workspace, limit=500).items


def tasks_of(stores: Stores, batch: Batch) -> tuple[Task, ...]:
    return stores.tasks.page(batch.workspace, batch.batch_id, limit=5000).items


def assets_of(stores: Stores, batch: Batch) -> tuple[Asset, ...]:
    return stores.assets.page(batch.workspace, batch.batch_id, limit=5000).items


def notices_of(stores: Stores, workspace: str, thread_id: str) -> tuple[InboxMessage, ...]:
    return stores.inbox.after(workspace, thread_id, 0)


def check_always(services: Services, workspace: str) -> None:
    """Invariants that hold between any two effects."""
    stores = services.stores
    batches = batches_of(stores, workspace)
    account = stores.ledger.account(workspace)
    assert account.reserved == sum(batch.held for batch in batches)
    assert account.spent == sum(batch.settled_spent for batch in batches)
    for batch in batches:
        _check_batch(stores, batch)


def _check_batch(stores: Stores, batch: Batch) -> None:
    tasks, tally = tasks_of(stores, batch), stores.tasks.tally(batch.workspace, batch.batch_id)
    assert len(tasks) == batch.quote.images == tally.counts.total
    for status in TaskStatus:
        assert getattr(tally.counts, status) == sum(task.status is status for task in tasks)
    still_open = sum(task.unit_price for task in tasks if task.status in OPEN)
    ready = sum(task.unit_price for task in tasks if task.status is TaskStatus.READY)
    assert batch.settled_spent <= ready == tally.ready_value
    assert batch.held + batch.settled_spent <= batch.quote.total
    if batch.started_at is None:
        assert (batch.held, batch.settled_spent) == (0, 0)
        assert {task.status for task in tasks} <= {TaskStatus.QUEUED, TaskStatus.CANCELLED}
    else:
        assert batch.held + batch.settled_spent >= still_open + ready
    _check_assets(stores, batch, tasks)


def _check_assets(stores: Stores, batch: Batch, tasks: tuple[Task, ...]) -> None:
    """One asset per READY task, of its run, with its objects; no asset of any other."""
    assets = {asset.asset_id: asset for asset in assets_of(stores, batch)}
    ready = [task for task in tasks if task.status is TaskStatus.READY]
    assert len(assets) == len(ready)
    for task in ready:
        asset = assets[task.asset_id or ""]
        assert (asset.task_id, asset.run) == (task.key.task_id, task.run)
        assert stores.objects.exists(asset.object_key)
        assert stores.objects.exists(asset.thumbnail_key)


def check_at_rest(services: Services, workspace: str) -> None:
    """Invariants of a workspace where nothing is left to do."""
    stores = services.stores
    check_always(services, workspace)
    begun = [b for b in batches_of(stores, workspace) if b.started_at or b.cancelled_at]
    for batch in begun:
        assert batch.closed
        assert batch.dispatched
        tasks = tasks_of(stores, batch)
        assert {task.status for task in tasks} <= ENDED
        assert all(task.reason for task in tasks if task.status is TaskStatus.FAILED)
        assert batch.settled_spent == stores.tasks.tally(workspace, batch.batch_id).ready_value
        _check_follow_ups(stores, batch)
    for batch in batches_of(stores, workspace):
        _check_answers(stores, batch)
    assert stores.ledger.account(workspace).reserved == 0
    assert stores.approvals.unexecuted() == ()
    assert stores.queue.depth().dead == 0
    assert set(_image_keys(stores, workspace)) == set(_kept_keys(stores, workspace))


def _check_follow_ups(stores: Stores, batch: Batch) -> None:
    told = {m.message_id for m in notices_of(stores, batch.workspace, batch.thread_id or "none")}
    for follow_up in stores.batches.follow_ups(batch.workspace, batch.batch_id):
        assert follow_up.status in {FollowUpStatus.DONE, FollowUpStatus.FAILED}
        if follow_up.kind == "notify":
            assert follow_up.follow_up_id in told


def _check_answers(stores: Stores, batch: Batch) -> None:
    """Every answer was carried out, and its thread told."""
    told = {m.message_id for m in notices_of(stores, batch.workspace, batch.thread_id or "none")}
    for ask in count(1):
        approval = stores.approvals.get(batch.workspace, derived_id("apr", batch.batch_id, ask))
        if approval is None:
            return
        if approval.status is not ApprovalStatus.PENDING:
            assert approval.executed
            assert approval.thread_id is None or f"{approval.approval_id}:{approval.status}" in told


def _image_keys(stores: Stores, workspace: str) -> Iterator[str]:
    for prefix in ("raw", "thumbnails"):
        yield from stores.objects.keys(f"{prefix}/{workspace}/")


def _kept_keys(stores: Stores, workspace: str) -> Iterator[str]:
    for batch in batches_of(stores, workspace):
        for asset in assets_of(stores, batch):
            yield asset.object_key
            yield asset.thumbnail_key
        for task in tasks_of(stores, batch):
            if task.best and task.status is not TaskStatus.READY:
                yield task.best.object_key


def packages_of(stores: Stores, workspace: str) -> list[str]:
    """Keys of the ZIPs, each of which is read whole."""
    keys = [key for key in stores.objects.keys(f"exports/{workspace}/") if key.endswith(".zip")]
    for key in keys:
        with zipfile.ZipFile(BytesIO(stores.objects.get(key))) as package:
            assert package.testzip() is None
    return keys
