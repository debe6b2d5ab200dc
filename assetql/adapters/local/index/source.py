"""One workspace of the index file, as snapshots are made and kept fresh from it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.document import TIE_BITS, least_id_at
from assetql.adapters.local.index.fulltext import expression
from assetql.adapters.search.document import MAX_COLORS
from assetql.adapters.search.documents import Documents, one_each, several_each
from assetql.adapters.search.source import Ids
from assetql.adapters.search.terms import Asked

_CHANGED = """
SELECT id, created, category, style_id, batch_id, width, height, phash, dimensions, colors,
  asset_id, labels
FROM doc WHERE workspace = ? AND revision > ?
"""
_VECTORS = """
SELECT id, data FROM vector WHERE workspace = ? AND dimensions = ? AND revision > ?
"""
_IDS = "SELECT id FROM doc WHERE workspace = ? AND asset_id IN (SELECT value FROM json_each(?))"
_MATCHING = "SELECT rowid FROM text WHERE text MATCH ?"
_NEWEST = f"{_MATCHING} AND rowid >= ? ORDER BY rowid LIMIT ?"
_WORDS = "SELECT word FROM word WHERE workspace = ?"


@dataclass(frozen=True, slots=True)
class SqliteSource:
    """The workspace by its number."""

    workspace: int
    connection: sqlite3.Connection

    def changed_since(self, revision: int) -> tuple[Ids, Documents]:
        """The documents that came or changed; those keep their id."""
        rows = self.connection.execute(_CHANGED, (self.workspace, revision)).fetchall()
        values = zip(*rows, strict=True) if rows else ([] for _ in range(12))
        ids, created, category, style, batch, width, height, phash, sizes, colors, names, tags = (
            values
        )
        documents = Documents(
            asset_ids=np.array(names, dtype=object),
            arrays={
                "created": np.array(created, dtype=np.int64),
                "width": np.array(width, dtype=np.int32),
                "height": np.array(height, dtype=np.int32),
                "phash": np.array(phash, dtype=np.int64).view(np.uint64),
                "dimensions": np.array(sizes, dtype=np.int32),
                "colors": _colors(colors),
            },
            texts={
                "category": one_each(category),
                "style_id": one_each(style),
                "batch_id": one_each(batch),
                "tags": several_each([json.loads(text) for text in tags]),
            },
        )
        return np.array(ids, dtype=np.int64), documents

    def matching(self, asked: Asked) -> Ids:
        found = self.connection.execute(_MATCHING, (expression(self.workspace, asked),))
        return _ids(found.fetchall())

    def newest(self, asked: Asked, *, chunk: int, until: int | None) -> Iterator[Ids]:
        wanted = expression(self.workspace, asked)
        least = 0 if until is None else least_id_at(until)
        while True:
            ids = _ids(self.connection.execute(_NEWEST, (wanted, least, chunk)).fetchall())
            if len(ids) < chunk:
                yield ids
                return
            whole = ids[ids >> TIE_BITS < ids[-1] >> TIE_BITS]
            chunk *= 4
            if len(whole):
                least = int(ids[-1] >> TIE_BITS << TIE_BITS)
                yield whole

    def vectors_since(self, dimensions: int, revision: int) -> tuple[Ids, NDArray[np.float32]]:
        key = (self.workspace, dimensions, revision)
        found = self.connection.execute(_VECTORS, key).fetchall()
        data = np.frombuffer(b"".join(blob for _, blob in found), dtype=np.float32)
        ids = np.array([document for document, _ in found], dtype=np.int64)
        return ids, data.reshape(-1, dimensions)

    def ids_of(self, asset_ids: Sequence[str]) -> Ids:
        key = (self.workspace, json.dumps(asset_ids))
        return _ids(self.connection.execute(_IDS, key).fetchall())

    def known_words(self) -> Iterable[str]:
        return [row[0] for row in self.connection.execute(_WORDS, (self.workspace,))]


def _ids(rows: Sequence[tuple[Any, ...]]) -> Ids:
    return np.array(rows, dtype=np.int64).ravel()


def _colors(blobs: Sequence[bytes]) -> NDArray[np.uint16]:
    bins = np.frombuffer(b"".join(blobs), dtype=np.uint16).reshape(-1, MAX_COLORS)
    return np.ascontiguousarray(bins.T)
