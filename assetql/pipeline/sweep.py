"""sweep: images that a kill left behind are deleted once their batch has ended."""

from assetql.domain.batch import Batch
from assetql.pipeline.paging import assets_of, tasks_of
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
    assets = assets_of(batch, stores=stores)
    tasks = tasks_of(batch, stores=stores)
    images = {key for asset in assets for key in (asset.object_key, asset.thumbnail_key)}
    return images | {task.best.object_key for task in tasks if task.best}
