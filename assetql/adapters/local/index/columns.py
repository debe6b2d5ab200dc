"""One workspace's documents as numpy columns, newest first: what the filters work on."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.document import MAX_COLORS

_SELECT = """
SELECT id, created, category, style_id, batch_id, width, height, phash, dimensions, colors,
  asset_id, labels
FROM doc WHERE workspace = ? AND revision > ? ORDER BY created DESC, asset_id
"""
_MASKS_HELD = 256
Arrays = dict[str, NDArray[Any]]


@dataclass
class Codes:
    """Texts as small numbers; -1 is a text that no document has."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def get(self, text: str) -> int:
        return self.numbers.get(text, -1)


@dataclass
class Columns:
    """Slot 0 is the newest document; the last axis of every array is the slot.

    `arrays`: id, created (µs), phash (uint64), width, height, dimensions, category, style_id and
    batch_id (codes),
    colors (8, n) and tags (m, n; -1 pads).
    """

    workspace: int
    revision: int = 0
    arrays: Arrays = field(default_factory=dict[str, NDArray[Any]])
    asset_ids: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    categories: Codes = field(default_factory=Codes)
    styles: Codes = field(default_factory=Codes)
    batches: Codes = field(default_factory=Codes)
    tags: Codes = field(default_factory=Codes)

    _masks: dict[tuple[str, int], NDArray[np.bool_]] = field(
        default_factory=dict[tuple[str, int], NDArray[np.bool_]]
    )

    def __len__(self) -> int:
        return len(self.asset_ids)

    def refresh(self, connection: sqlite3.Connection, revision: int) -> None:
        """Takes in what was applied since; the merge costs one copy of the columns."""
        if revision == self.revision:
            return
        rows = connection.execute(_SELECT, (self.workspace, self.revision)).fetchall()
        self.revision = revision
        if not rows:
            return
        arrays, asset_ids = self._arrays(rows)
        if len(self):
            arrays, asset_ids = self._merged(arrays, asset_ids)
        self.arrays, self.asset_ids = arrays, asset_ids
        self._masks.clear()
        self._by_id = np.argsort(self.arrays["id"], kind="stable")
        self._sorted_ids = self.arrays["id"][self._by_id]

    def equal(self, name: str, code: int) -> NDArray[np.bool_]:
        """(n,) bool: where the column, or any row of it, has the code; not to be written to.

        Kept until the next change, since people ask for the same few categories and tags.
        """
        if (name, code) not in self._masks:
            if len(self._masks) == _MASKS_HELD:
                del self._masks[next(iter(self._masks))]
            rows = np.atleast_2d(self.arrays[name])
            held = np.logical_or.reduce([row == code for row in rows])
            self._masks[name, code] = held
        return self._masks[name, code]

    def slots(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slots of those ids that are this workspace's, in the order given."""
        if not len(self):
            return np.empty(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._sorted_ids, ids), len(self) - 1)
        return self._by_id[at[self._sorted_ids[at] == ids]]

    def slot_after(self, created: int, asset_id: str) -> int:
        """The first slot behind that place of the order, whether a document is there or not."""
        newest_first = -self.arrays["created"]
        first, last = np.searchsorted(newest_first, [-created, -created + 1])
        ties = self.asset_ids[first:last].tolist()
        return int(first) + sum(tie <= asset_id for tie in ties)

    def _arrays(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Arrays, NDArray[np.object_]]:
        (
            ids,
            created,
            category,
            style,
            batch,
            width,
            height,
            phash,
            dimensions,
            colors,
            names,
            labels,
        ) = zip(*rows, strict=True)
        arrays: Arrays = {
            "id": np.array(ids, dtype=np.int64),
            "created": np.array(created, dtype=np.int64),
            "category": np.array([self.categories.add(text) for text in category], dtype=np.int32),
            "style_id": np.array([self.styles.add(text) for text in style], dtype=np.int32),
            "batch_id": np.array([self.batches.add(text) for text in batch], dtype=np.int32),
            "width": np.array(width, dtype=np.int32),
            "height": np.array(height, dtype=np.int32),
            "phash": np.array(phash, dtype=np.int64).view(np.uint64),
            "dimensions": np.array(dimensions, dtype=np.int32),
            "colors": _colors(colors),
            "tags": self._tags(labels),
        }
        return arrays, np.array(names, dtype=object)

    def _tags(self, labels: Sequence[str]) -> NDArray[np.int32]:
        lists = [json.loads(text) for text in labels]
        tags = np.full((max(1, *map(len, lists)), len(lists)), -1, dtype=np.int32)
        for slot, names in enumerate(lists):
            tags[: len(names), slot] = [self.tags.add(name) for name in names]
        return tags

    def _merged(
        self, arrays: Arrays, asset_ids: NDArray[np.object_]
    ) -> tuple[Arrays, NDArray[np.object_]]:
        kept = ~np.isin(self.arrays["id"], arrays["id"])
        names = np.concatenate([self.asset_ids[kept], asset_ids])
        created = np.concatenate([self.arrays["created"][kept], arrays["created"]])
        order = _newest_first(created, names)
        merged = {
            name: np.concatenate(_aligned(self.arrays[name][..., kept], arrays[name]), axis=-1)
            for name in arrays
        }
        return {name: array[..., order] for name, array in merged.items()}, names[order]


def _colors(blobs: Sequence[bytes]) -> NDArray[np.uint16]:
    bins = np.frombuffer(b"".join(blobs), dtype=np.uint16).reshape(-1, MAX_COLORS)
    return np.ascontiguousarray(bins.T)


def _aligned(a: NDArray[Any], b: NDArray[Any]) -> list[NDArray[Any]]:
    """The same number of rows for both, padded with -1."""
    rows = max(a.shape[0], b.shape[0])
    if a.ndim == 1:
        return [a, b]
    return [
        np.pad(x, ((0, rows - x.shape[0]), (0, 0)), constant_values=-1) if x.shape[0] < rows else x
        for x in (a, b)
    ]


def _newest_first(created: NDArray[np.int64], names: NDArray[np.object_]) -> NDArray[np.int64]:
    order = np.argsort(-created, kind="stable")
    moments = created[order]
    edges = np.flatnonzero(np.diff(moments)) + 1
    bounds = np.concatenate([[0], edges, [len(order)]])
    for run in np.flatnonzero(np.diff(bounds) > 1):
        tie = order[bounds[run] : bounds[run + 1]]
        order[bounds[run] : bounds[run + 1]] = tie[np.argsort(names[tie])]
    return order
