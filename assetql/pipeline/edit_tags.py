"""edit_tags: people's edits, which win over the model's tags and survive tagging again."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from assetql.domain.asset import Asset
from assetql.domain.errors import Conflict, InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.pipeline.audit import note
from assetql.ports import Clock, Stores

_LONGEST = 40
_MOST = 20
_MOST_ASSETS = 1_000


def edit_tags(
    asset_ids: Sequence[str],
    *,
    add: Sequence[str],
    remove: Sequence[str],
    caller: Principal,
    stores: Stores,
    clock: Clock,
) -> tuple[Asset, ...]:
    """Adds and removes tags on all the assets named.

    Raises: InvalidInput; NotFound, which changes none of them.
    """
    caller.require(Action.EDIT)
    added = frozenset(map(normal_tag, add))
    removed = frozenset(map(normal_tag, remove))
    _check(asset_ids, added, removed)
    found = stores.assets.get_many(caller.workspace, asset_ids)
    missing = set(asset_ids) - {asset.asset_id for asset in found}
    if missing:
        raise NotFound("asset", min(missing), remedy="Search for the assets first.")
    edited = tuple(_edit(asset, added, removed, stores) for asset in found)
    now = clock.now()
    facts = {"add": sorted(added), "remove": sorted(removed)}
    for asset in edited:
        note(stores.audit, "asset.edit_tags", asset.asset_id, caller=caller, at=now, facts=facts)
    return edited


def normal_tag(text: str) -> str:
    """A tag as it is stored: NFKC, lower case, single spaces. Raises: InvalidInput."""
    tag = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not tag or len(tag) > _LONGEST or not tag.isprintable():
        raise InvalidInput(
            f"{text[:_LONGEST]!r} can't be a tag.",
            remedy=f"Take 1 to {_LONGEST} printable characters.",
        )
    return tag


def _check(asset_ids: Sequence[str], added: frozenset[str], removed: frozenset[str]) -> None:
    if not asset_ids or not added | removed:
        raise InvalidInput("An edit needs assets, and tags to add or remove.", remedy="Name both.")
    if len(asset_ids) > _MOST_ASSETS:
        raise InvalidInput(
            f"Can't edit {len(asset_ids):,} assets at once.",
            remedy=f"Take {_MOST_ASSETS:,} at most.",
        )
    if len(added | removed) > _MOST or added & removed:
        raise InvalidInput(
            f"Can't add {sorted(added)} and remove {sorted(removed)} in one edit.",
            remedy=f"Take {_MOST} tags at most, each on one side only.",
        )


def _edit(asset: Asset, added: frozenset[str], removed: frozenset[str], stores: Stores) -> Asset:
    while True:
        tags = asset.tags.edit(add=added, remove=removed)
        if tags == asset.tags:
            return asset
        edited = replace(asset, tags=tags, version=asset.version + 1)
        try:
            stores.assets.save(edited)
        except Conflict:
            asset = stores.assets.get(asset.workspace, asset.asset_id) or asset
            continue
        return edited
