"""One workspace's embeddings of one dimension, and the documents most like a vector."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.columns import Columns
from assetql.adapters.search.source import Source


@dataclass
class Vectors:
    """`matrix` (capacity, d) float32, of which the first rows are the documents `rows`."""

    dimensions: int
    revision: int = 0
    rows: dict[int, int] = field(default_factory=dict[int, int])  # id: row
    matrix: NDArray[np.float32] = field(init=False)
    _row_of_slot: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        self.matrix = np.empty((0, self.dimensions), np.float32)

    def refresh(self, source: Source, columns: Columns) -> None:
        """Takes in what came up to the columns' revision."""
        if self.revision == columns.revision:
            return
        ids, data = source.vectors_since(self.dimensions, self.revision)
        at = [self.rows.setdefault(document, len(self.rows)) for document in ids.tolist()]
        self._grow(len(self.rows))
        self.matrix[at] = data
        self._row_of_slot = self._mapping(columns)
        self.revision = columns.revision

    def _grow(self, rows: int) -> None:
        if rows > len(self.matrix):
            grown = np.empty((rows + rows // 4, self.dimensions), np.float32)
            grown[: len(self.matrix)] = self.matrix
            self.matrix = grown

    def _mapping(self, columns: Columns) -> NDArray[np.int64]:
        """(n,): the row of each slot, or -1."""
        rows = [self.rows.get(document, -1) for document in columns.arrays["id"].tolist()]
        here = columns.arrays["dimensions"] == self.dimensions
        return np.where(here, np.array(rows, dtype=np.int64), -1)

    def scores(
        self, slots: NDArray[np.int64], wanted: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The slots that have a vector, and their cosines.

        Row by row, not as one matrix product: a score must not move with its neighbours, because
        cursors compare it.
        """
        rows = self._row_of_slot[slots]
        known = rows >= 0
        return slots[known], np.vecdot(self.matrix[rows[known]], wanted)
