"""Assets in DynamoDB, each found by its id alone; the table's stream feeds the search index."""

from collections.abc import Sequence

from assetql.adapters.aws.actions import OVER_THE_LAST
from assetql.adapters.aws.chunks import (
    asset_partition,
    asset_sort,
    chunk_of_asset,
    place_of_asset,
    read_chunks,
)
from assetql.adapters.aws.directory import Directory
from assetql.adapters.aws.items import Item
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec
from assetql.domain.asset import Asset
from assetql.ports import Page

_ASSETS = Codec(Asset)


class DynamoAssets:
    """The AssetStore of the AWS family."""

    def __init__(self, assets: Table, *, tasks: Table) -> None:
        self._table = assets
        self._directory = Directory(tasks)

    def get(self, workspace: str, asset_id: str) -> Asset | None:
        item = self._table.get(*place_of_asset(workspace, asset_id))
        return asset_of(item) if item else None

    def get_many(self, workspace: str, asset_ids: Sequence[str]) -> tuple[Asset, ...]:
        places = [place_of_asset(workspace, asset_id) for asset_id in asset_ids]
        found = {(item["pk"], item["sk"]): asset_of(item) for item in self._table.get_many(places)}
        return tuple(found[place] for place in places if place in found)

    def save(self, asset: Asset) -> None:
        self._table.replace(asset_item(asset), OVER_THE_LAST, {"before": asset.version - 1})

    def page(
        self, workspace: str, batch_id: str, *, after: str | None = None, limit: int = 500
    ) -> Page[Asset]:
        chunks = range(self._directory.read(workspace, batch_id).number)
        found = read_chunks(
            self._table,
            [(chunk, asset_partition(workspace, batch_id, chunk)) for chunk in chunks],
            after=(chunk_of_asset(after), asset_sort(after)) if after else None,
            limit=limit,
        )
        items = tuple(map(asset_of, found[:limit]))
        return Page(items, items[-1].asset_id if len(found) > limit else None)


def asset_item(asset: Asset) -> Item:
    """The asset as the table holds it; `document` is the whole of it."""
    pk, sk = place_of_asset(asset.workspace, asset.asset_id)
    return {"pk": pk, "sk": sk, "version": asset.version, "document": _ASSETS.encode(asset)}


def asset_of(item: Item) -> Asset:
    """The asset that `asset_item` was given."""
    return _ASSETS.decode(str(item["document"]))
