"""tag_object: an image that was stored is tagged, once it is an asset."""

from assetql.domain.asset import Asset, asset_id_of
from assetql.domain.errors import Conflict
from assetql.domain.task import TaskStatus
from assetql.pipeline.image_keys import ImageKeys, read_raw_key
from assetql.pipeline.tag import tag_asset
from assetql.ports import Stores, Tagger


def tag_object(key: str, *, stores: Stores, tagger: Tagger) -> bool:
    """Tags the asset behind an object under `raw/`; False where there is none, or it was tagged.

    Raises: Conflict where the worker that stored the object has not committed it yet: ask again.
    """
    written = read_raw_key(key)
    asset = _asset_of(written, stores) if written else None
    return asset is not None and tag_asset(asset, stores=stores, tagger=tagger)


def _asset_of(written: ImageKeys, stores: Stores) -> Asset | None:
    # The task first: one that has ended by then has its asset, or will never have one of this key.
    task = stores.tasks.get(written.task)
    if task is None:
        return None
    asset_id = asset_id_of(written.task.task_id, written.run)
    asset = stores.assets.get(written.task.workspace, asset_id)
    if asset and asset.object_key == written.raw:
        return asset
    at_work = task.status is TaskStatus.GENERATING
    if at_work and (task.run, task.token) == (written.run, written.token):
        raise Conflict(f"{written.raw} is not committed yet.", remedy="Try again in a moment.")
    return None  # rejected by the style gate, or a late worker's
