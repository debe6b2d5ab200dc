"""One workspace's documents as numpy columns, newest first: what the filters work on."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.documents import Arrays, Documents, joined
from assetql.adapters.search.source import Ids

CODED = ("category", "style_id", "batch_id", "tags")
_MASKS_HELD = 256


@dataclass
class Codes:
    """Texts as small numbers; -1 is a text that no document has."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def of(self, names: Collection[str]) -> NDArray[np.int32]:
        """(len(names) + 1,): the number of each, and -1 behind them for -1."""
        numbers = [self.numbers.setdefault(name, len(self.numbers)) for name in names]
        return np.array([*numbers, -1], dtype=np.int32)


@dataclass
class Columns:
    """Slot 0 is the newest document; the last axis of every array is the slot.

    `arrays`: id and those of `Documents`, with the workspace's codes for the texts of CODED.
    """

    revision: int = 0
    arrays: Arrays = field(default_factory=dict[str, NDArray[np.generic]])
    asset_ids: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    codes: dict[str, Codes] = field(default_factory=lambda: {name: Codes() for name in CODED})

    _masks: dict[tuple[str, int], NDArray[np.bool_]] = field(
        default_factory=dict[tuple[str, int], NDArray[np.bool_]]
    )

    def __len__(self) -> int:
        return len(self.asset_ids)

    def take(self, ids: Ids, documents: Documents, gone: Ids) -> None:
        """Takes documents in, and lets the ids `gone` go; costs one copy of the columns."""
        if not len(ids):
            return
        coded = {
            name: self.codes[name].of(texts.names)[texts.codes]
            for name, texts in documents.texts.items()
        }
        arrays: Arrays = {"id": ids, **documents.arrays, **coded}
        names = documents.asset_ids
        if len(self):
            kept = ~np.isin(self.arrays["id"], gone)
            held = {name: array[..., kept] for name, array in self.arrays.items()}
            arrays = {name: joined([held[name], arrays[name]]) for name in arrays}
            names = np.concatenate([self.asset_ids[kept], names])
        order = _newest_first(arrays["created"], names)
        self.arrays = {name: array[..., order] for name, array in arrays.items()}
        self.asset_ids = names[order]
        self._masks.clear()
        self._by_id = np.argsort(self.arrays["id"], kind="stable")
        self._sorted_ids = self.arrays["id"][self._by_id]

    def code(self, name: str, text: str) -> int:
        """The number of the text in that column."""
        return self.codes[name].numbers.get(text, -1)

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

    def slots(self, ids: Ids) -> NDArray[np.int64]:
        """The slots of those ids that are here, in the order given."""
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


def _newest_first(created: NDArray[np.int64], names: NDArray[np.object_]) -> NDArray[np.int64]:
    order = np.argsort(-created, kind="stable")
    moments = created[order]
    edges = np.flatnonzero(np.diff(moments)) + 1
    bounds = np.concatenate([[0], edges, [len(order)]])
    for run in np.flatnonzero(np.diff(bounds) > 1):
        tie = order[bounds[run] : bounds[run + 1]]
        order[bounds[run] : bounds[run + 1]] = tie[np.argsort(names[tie])]
    return order
