"""sweep: images that a kill left behind are deleted once their batch has ended."""

from assetql.domain.batch import Batch
from assetql.ports import Stores


def sweep_objects(batch: Batch, *, stores: Stores) -> int:
    """Deletes the batch's objects that neither an asset nor a best attempt refers to."""
    kept = _referred(batch, stores)
    swept = 0
    for prefix in ("raw", "thumbnails"):
        for key in list(stores.objects.keys(f"{prefix}/{batch.workspace}/{batch.batch_id}/")):
            if key not in kept:
                stores.objects.delete(key)
                swept += 1
    return swept


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
