"""search: the index answers with ids, the store with assets, both within the caller's workspace."""

from dataclasses import dataclass, replace
from datetime import datetime

from assetql.domain.asset import Asset
from assetql.domain.colors import hex_of_color
from assetql.domain.errors import InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.image_header import ImageLimits
from assetql.domain.search import SearchQuery
from assetql.pipeline.decode import decoded
from assetql.pipeline.learn_style import find_style
from assetql.ports import Embedder, Stores

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetQuery:
    """What people ask for. `style` is a name or id, `color` a word or hex; sides in pixels.

    `similar_to` and `duplicates_of` are assets; `image` holds a file's bytes to look for the
    likes of.
    """

    text: str = ""
    tags: tuple[str, ...] = ()
    untagged: bool = False
    category: str | None = None
    style: str | None = None
    batch_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_side: int | None = None
    max_side: int | None = None
    color: str | None = None
    similar_to: str | None = None
    duplicates_of: str | None = None
    image: bytes | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPage:
    """`alternatives`: for an empty answer, queries that would find something."""

    assets: tuple[Asset, ...]
    cursor: str | None
    total: int | None
    alternatives: tuple[str, ...]


def search(
    query: AssetQuery,
    *,
    caller: Principal,
    stores: Stores,
    embedder: Embedder,
    image_limits: ImageLimits,
    cursor: str | None = None,
) -> AssetPage:
    """Raises: InvalidInput for a bad value or cursor; NotFound for an unknown style or asset."""
    caller.require(Action.READ)
    if not 1 <= query.limit <= MOST:
        raise InvalidInput(f"Can't list {query.limit} assets.", remedy=f"Take 1 to {MOST}.")
    stores.index.catch_up()
    lowered = _lowered(query, caller, stores, embedder, image_limits)
    page = stores.index.query(caller.workspace, lowered, cursor=cursor)
    found = stores.assets.get_many(caller.workspace, [hit.asset_id for hit in page.hits])
    return AssetPage(
        assets=found, cursor=page.cursor, total=page.total, alternatives=page.alternatives
    )


def get_asset(asset_id: str, *, caller: Principal, stores: Stores) -> Asset:
    """Raises: NotFound."""
    caller.require(Action.READ)
    asset = stores.assets.get(caller.workspace, asset_id)
    if asset is None:
        raise NotFound("asset", asset_id, remedy="Search for the asset first.")
    return asset


def _lowered(
    query: AssetQuery,
    caller: Principal,
    stores: Stores,
    embedder: Embedder,
    image_limits: ImageLimits,
) -> SearchQuery:
    style = find_style(query.style, caller=caller, stores=stores) if query.style else None
    lowered = SearchQuery(
        text=query.text,
        tags=query.tags,
        untagged=query.untagged,
        category=query.category,
        style_id=style.style_id if style else None,
        batch_id=query.batch_id,
        since=query.since,
        until=query.until,
        min_side=query.min_side,
        max_side=query.max_side,
        color=hex_of_color(query.color) if query.color else None,
        limit=query.limit,
    )
    if query.image is not None:
        with decoded(query.image, filename="the image", limits=image_limits) as image:
            lowered = replace(lowered, embedding=tuple(map(float, embedder.embed(image))))
    return _like_assets(lowered, query, caller, stores)


def _like_assets(
    lowered: SearchQuery, query: AssetQuery, caller: Principal, stores: Stores
) -> SearchQuery:
    """Puts the likeness to other assets in, and leaves those assets out of the answer."""
    if query.similar_to:
        asset = get_asset(query.similar_to, caller=caller, stores=stores)
        lowered = replace(lowered, embedding=asset.embedding, exclude=(asset.asset_id,))
    if query.duplicates_of:
        asset = get_asset(query.duplicates_of, caller=caller, stores=stores)
        exclude = (*lowered.exclude, asset.asset_id)
        lowered = replace(lowered, near_phash=asset.phash, exclude=exclude)
    return lowered
