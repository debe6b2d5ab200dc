"""sweep: images that a kill left behind are deleted once their batch has ended."""

from assetql.domain.batch import Batch
from assetql.ports import Stores


def sweep_objects(batch: Batch, *, stores: Stores) -> int:
    """Deletes an ended batch's objects that neither an asset nor a best attempt refers to.

    Nothing is deleted once a retry has begun: its workers store objects before they commit.
    """
    there = [
        key
        for prefix in ("raw", "thumbnails")
        for key in stores.objects.keys(f"{prefix}/{batch.workspace}/{batch.batch_id}/")
    ]
    latest = stores.batches.get(batch.workspace, batch.batch_id)
    if not there or latest is None or latest.version != batch.version:
        return 0
    stray = set(there) - _referred(batch, stores)
    for key in stray:
        stores.objects.delete(key)
    return len(stray)


def _referred(batch: Batch, stores: Stores) -> set[str]:
    kept: set[str] = set()
    cursor = None
    while True:
        assets = stores.assets.page(batch.workspace, batch.batch_id, after=cursor)
        kept.update(key for a in assets.items for key in (a.object_key, a.thumbnail_key))
        cursor = assets.cursor
        if cursor is None:
            break
    while True:
        tasks = stores.tasks.page(batch.workspace, batch.batch_id, after=cursor)
        kept.update(task.best.object_key for task in tasks.items if task.best)
        cursor = tasks.cursor
        if cursor is None:
            return kept
