"""What one workspace's queries are answered from, as of one revision of the index."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.columns import Columns
from assetql.adapters.search.cursor import Place
from assetql.adapters.search.filters import mask_of
from assetql.adapters.search.ranking import Ranked, by_age, by_likeness, by_text
from assetql.adapters.search.source import Source
from assetql.adapters.search.terms import Asked, all_of, tiers
from assetql.adapters.search.vectors import Vectors
from assetql.domain.query_text import query_words
from assetql.domain.search import SearchQuery


class Snapshot:
    """The columns of one workspace, and its vectors once they were asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._vectors: dict[int, Vectors] = {}
        self.columns = Columns()

    def asset_ids(self, slots: Sequence[int]) -> list[str]:
        return self.columns.asset_ids[slots].tolist()

    def place(self, slot: int, rank: float) -> Place:
        """Where that hit stands in the order."""
        created = int(self.columns.arrays["created"][slot])
        return Place(rank, created, self.columns.asset_ids[slot])

    def known_words(self) -> Iterable[str]:
        """The words of names and tags."""
        return self._source.known_words()

    def ranked(self, query: SearchQuery, after: Place | None) -> Ranked:
        """The hits behind `after`, one more than the page holds where there are more."""
        mask = self._mask(query)
        asked = query_words(query.text)
        if not mask.any() or (query.text.strip() and not asked):
            return Ranked([], [], 0)
        if query.embedding is None and asked:
            return by_text(
                self.columns,
                mask,
                self._source,
                tiers(query.text, asked),
                limit=query.limit,
                after=after,
            )
        if query.embedding is None:
            return by_age(self.columns, mask, limit=query.limit, after=after)
        candidates = self._matching(query, mask)
        wanted = np.array(query.embedding, dtype=np.float32)
        return by_likeness(
            self.columns,
            candidates,
            self._vectors_of(len(wanted)),
            wanted,
            limit=query.limit,
            after=after,
        )

    def count(self, query: SearchQuery) -> int:
        """How many match, whatever the order."""
        return len(self._matching(query, self._mask(query)))

    def _mask(self, query: SearchQuery) -> NDArray[np.bool_]:
        if not len(self.columns):
            return np.zeros(0, dtype=bool)
        excluded = np.empty(0, dtype=np.int64)
        if query.exclude:
            excluded = self.columns.slots(self._source.ids_of(query.exclude))
        return mask_of(self.columns, query, excluded)

    def _matching(self, query: SearchQuery, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The slots that meet every condition, newest first."""
        if not query.text.strip():
            return np.flatnonzero(mask)
        asked = query_words(query.text)
        if not asked:
            return np.empty(0, dtype=np.int64)
        slots = self.columns.slots(self._source.matching(Asked(all_of(asked))))
        return np.sort(slots[mask[slots]])

    def _vectors_of(self, dimensions: int) -> Vectors:
        vectors = self._vectors.setdefault(dimensions, Vectors(dimensions))
        vectors.refresh(self._source, self.columns)
        return vectors
