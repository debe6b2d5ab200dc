"""tag: once per (asset, tagger version), whatever asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, FollowUpKind
from assetql.domain.errors import Conflict, InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.tags import Tag
from assetql.domain.vocabulary import parse_tags, vocabulary_names
from assetql.pipeline.audit import note
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.follow_ups import declare
from assetql.pipeline.paging import assets_of
from assetql.ports import Clock, Stores, Tagger, TaggingRequest
from assetql.telemetry.events import EventLog
from assetql.telemetry.ids import bound

_EVENTS = EventLog(__name__)
_AT_ONCE = 20  # images per question: what Bedrock takes in one call
_ANSWERS = 2  # a model that answers unreadably is asked once more


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOutcome:
    """Either tagged now, or scheduled for when the batch has ended."""

    batch: Batch
    scheduled: bool
    tagged: int = 0
    follow_up_id: str | None = None


def tag_batch(
    batch_id: str, *, caller: Principal, stores: Stores, clock: Clock, tagger: Tagger
) -> TagOutcome:
    """Tags the images of an ended batch; on a draft or running one it is scheduled."""
    caller.require(Action.EDIT)
    batch = get_batch(batch_id, caller=caller, stores=stores)
    if batch.closed:
        tagged = tag_assets(batch, stores=stores, tagger=tagger)
        note(stores.audit, "batch.tag", batch_id, caller=caller, at=clock.now())
        return TagOutcome(batch=batch, scheduled=False, tagged=tagged)
    key = f"run-{max(1, batch.runs)}"  # the run's own: asked for or not, it is one follow-up
    follow_up = declare(batch, FollowUpKind.TAG, key=key, requested_by=caller.user, stores=stores)
    note(
        stores.audit,
        "batch.tag",
        batch_id,
        caller=caller,
        at=clock.now(),
        once=follow_up.follow_up_id,
    )
    return TagOutcome(batch=batch, scheduled=True, follow_up_id=follow_up.follow_up_id)


def tag_assets(batch: Batch, *, stores: Stores, tagger: Tagger) -> int:
    """Tags what this version of the tagger has not tagged yet; returns how many.

    Raises: ModelUnavailable.
    """
    assets = assets_of(batch, stores=stores)
    tagged = 0
    with bound(workspace=batch.workspace, batch=batch.batch_id):
        while group := tuple(islice(assets, _AT_ONCE)):
            tagged += _tag(group, stores=stores, tagger=tagger)
    return tagged


def tag_asset(asset: Asset, *, stores: Stores, tagger: Tagger) -> bool:
    """Tags one asset; False where this tagger did it before or its answer stays unreadable."""
    with bound(workspace=asset.workspace, batch=asset.batch_id):
        return _tag([asset], stores=stores, tagger=tagger) == 1


def _tag(assets: Sequence[Asset], *, stores: Stores, tagger: Tagger) -> int:
    """Tags some assets by one question; those whose answers can't be read are asked for again."""
    vocabulary = vocabulary_names()
    left = [(a, _request(a, stores)) for a in assets if a.tags.tagger != tagger.name]
    tagged = 0
    for _ in range(_ANSWERS):
        if not left:
            break
        answers = tagger.answers([request for _, request in left], vocabulary)
        unread: list[tuple[Asset, TaggingRequest]] = []
        for (asset, request), answer in zip(left, answers, strict=True):
            tags = _read(answer, vocabulary, asset)
            if tags is None:
                unread.append((asset, request))
            else:
                tagged += _store(asset, tags, tagger.name, stores)
        left = unread
    return tagged


def _request(asset: Asset, stores: Stores) -> TaggingRequest:
    return TaggingRequest(
        thumbnail=stores.objects.get(asset.thumbnail_key),
        name=asset.name,
        description=asset.description,
        category=asset.category,
    )


def _read(answer: str, vocabulary: Sequence[str], asset: Asset) -> tuple[Tag, ...] | None:
    try:
        return parse_tags(answer, vocabulary)
    except InvalidInput as error:
        _EVENTS.warning("tags.unreadable", error, asset=asset.asset_id)
        return None


def _store(asset: Asset, tags: tuple[Tag, ...], tagger: str, stores: Stores) -> bool:
    """False where the same tagger's tags came from elsewhere meanwhile."""
    while True:
        retagged = asset.tags.retag(tags, tagger=tagger)
        try:
            stores.assets.save(replace(asset, tags=retagged, version=asset.version + 1))
        except Conflict:  # somebody edited it meanwhile: their edit stays
            asset = stores.assets.get(asset.workspace, asset.asset_id) or asset
            if asset.tags.tagger == tagger:
                return False
            continue
        return True
