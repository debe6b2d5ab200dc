"""Assets in SQLite, with their change feed."""

import sqlite3
from collections.abc import Sequence

from assetql.adapters.codec import Codec
from assetql.adapters.local.database import Database
from assetql.domain.asset import Asset
from assetql.domain.errors import Conflict
from assetql.ports import Page

_ASSETS = Codec(Asset)
_MANY = 500  # ids in one statement

# SQLite has one writer at a time: a position given inside a write is above all committed ones.
_NEXT = "(SELECT COALESCE(MAX(position), 0) + 1 FROM assets)"


def insert_asset(connection: sqlite3.Connection, asset: Asset) -> None:
    """The first version of an asset, inside a transaction of the caller's. Raises: Conflict."""
    made = connection.execute(
        f"INSERT INTO assets VALUES (?, ?, ?, {_NEXT}, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608 - a constant
        (asset.workspace, asset.asset_id, asset.batch_id, asset.version, _ASSETS.encode(asset)),
    ).rowcount
    if not made:
        raise Conflict(f"There is an asset {asset.asset_id} already.")


class SqliteAssets:
    """The AssetStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, workspace: str, asset_id: str) -> Asset | None:
        row = self._database.row(
            "SELECT document FROM assets WHERE workspace=? AND asset_id=?", (workspace, asset_id)
        )
        return _ASSETS.decode(row[0]) if row else None

    def get_many(self, workspace: str, asset_ids: Sequence[str]) -> tuple[Asset, ...]:
        found: dict[str, Asset] = {}
        for start in range(0, len(asset_ids), _MANY):
            some = asset_ids[start : start + _MANY]
            marks = ", ".join("?" * len(some))
            rows = self._database.rows(
                f"SELECT document FROM assets WHERE workspace=? AND asset_id IN ({marks})",  # noqa: S608 - marks only
                (workspace, *some),
            )
            assets = (_ASSETS.decode(row[0]) for row in rows)
            found.update((asset.asset_id, asset) for asset in assets)
        return tuple(found[asset_id] for asset_id in asset_ids if asset_id in found)

    def save(self, asset: Asset) -> None:
        saved = self._database.execute(
            f"UPDATE assets SET position={_NEXT}, version=?, document=?"  # noqa: S608 - a constant
            " WHERE workspace=? AND asset_id=? AND version=?",
            (
                asset.version,
                _ASSETS.encode(asset),
                asset.workspace,
                asset.asset_id,
                asset.version - 1,
            ),
        )
        if not saved:
            raise Conflict(f"Asset {asset.asset_id} moved on before version {asset.version}.")

    def page(
        self, workspace: str, batch_id: str, *, after: str | None = None, limit: int = 500
    ) -> Page[Asset]:
        rows = self._database.rows(
            "SELECT document FROM assets WHERE workspace=? AND batch_id=? AND asset_id > ?"
            " ORDER BY asset_id LIMIT ?",
            (workspace, batch_id, after or "", limit + 1),
        )
        items = tuple(_ASSETS.decode(row[0]) for row in rows[:limit])
        return Page(items, items[-1].asset_id if len(rows) > limit else None)

    def changes(self, after: int, limit: int = 500) -> tuple[tuple[int, Asset], ...]:
        """What feeds this family's index: (position, newest state) in order of position."""
        rows = self._database.rows(
            "SELECT position, document FROM assets WHERE position > ? ORDER BY position LIMIT ?",
            (after, limit),
        )
        return tuple((position, _ASSETS.decode(document)) for position, document in rows)
