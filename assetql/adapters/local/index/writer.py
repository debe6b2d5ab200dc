"""Takes versions of assets into the index's tables."""

import sqlite3
from collections.abc import Sequence

import numpy as np

from assetql.adapters.local.index.document import Row, first_id, row_of
from assetql.adapters.search.document import suggestions_of
from assetql.domain.asset import Asset

_INSERT = """
INSERT INTO doc VALUES (
  :id, :workspace, :asset_id, :version, :revision, :created, :category, :style_id, :batch_id,
  :width, :height, :phash, :dimensions, :labels, :colors, :terms
)
"""
_FORGET_TERMS = (
    "INSERT INTO text (text, rowid, terms) SELECT 'delete', id, terms FROM doc WHERE id = ?"
)
_ADD_TERMS = "INSERT INTO text (rowid, terms) SELECT id, terms FROM doc WHERE id = ?"


def apply(connection: sqlite3.Connection, assets: Sequence[Asset]) -> None:
    """Inside a transaction: what is newer than the index's state replaces it."""
    revision = connection.execute("UPDATE meta SET revision = revision + 1 RETURNING revision")
    (number,) = revision.fetchone()
    numbers = {asset.workspace: _workspace(connection, asset.workspace) for asset in assets}
    for asset in assets:
        _put(connection, row_of(asset, workspace=numbers[asset.workspace], revision=number), asset)
    _add_words(connection, numbers, assets)


def move(connection: sqlite3.Connection, position: int) -> None:
    """What the feed held up to `position` was taken in."""
    connection.execute("UPDATE meta SET position = max(position, ?)", (position,))


def _workspace(connection: sqlite3.Connection, name: str) -> int:
    connection.execute("INSERT OR IGNORE INTO workspace (name) VALUES (?)", (name,))
    return connection.execute("SELECT number FROM workspace WHERE name = ?", (name,)).fetchone()[0]


def _put(connection: sqlite3.Connection, row: Row, asset: Asset) -> None:
    found = connection.execute(
        "SELECT id, version FROM doc WHERE workspace = :workspace AND asset_id = :asset_id", row
    ).fetchone()
    if found and found[1] >= asset.version:
        return  # delivered before, or overtaken
    if found:
        connection.execute(_FORGET_TERMS, found[:1])
        connection.execute("DELETE FROM doc WHERE id = ?", found[:1])
    row["id"] = found[0] if found else _free_id(connection, first_id(asset))
    connection.execute(_INSERT, row)
    connection.execute(_ADD_TERMS, (row["id"],))
    _put_vector(connection, row, asset)


def _free_id(connection: sqlite3.Connection, wanted: int) -> int:
    while connection.execute("SELECT 1 FROM doc WHERE id = ?", (wanted,)).fetchone():
        wanted += 1
    return wanted


def _put_vector(connection: sqlite3.Connection, row: Row, asset: Asset) -> None:
    if not asset.embedding:
        connection.execute("DELETE FROM vector WHERE id = ?", (row["id"],))
        return
    connection.execute(
        "INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?, ?)",
        (
            row["id"],
            row["workspace"],
            row["revision"],
            len(asset.embedding),
            np.asarray(asset.embedding, dtype=np.float32).tobytes(),
        ),
    )


def _add_words(
    connection: sqlite3.Connection, numbers: dict[str, int], assets: Sequence[Asset]
) -> None:
    """The words of names and tags, for suggestions."""
    found = {(numbers[asset.workspace], word) for asset in assets for word in suggestions_of(asset)}
    connection.executemany("INSERT OR IGNORE INTO word VALUES (?, ?)", sorted(found))
