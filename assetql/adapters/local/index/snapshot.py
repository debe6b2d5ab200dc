"""What one workspace's queries are answered from, as of one revision of the index."""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.columns import Columns
from assetql.adapters.local.index.cursor import Place
from assetql.adapters.local.index.filters import mask_of
from assetql.adapters.local.index.fulltext import all_ids
from assetql.adapters.local.index.ranking import Ranked, by_age, by_likeness, by_text
from assetql.adapters.local.index.terms import all_of, scoped, tiers
from assetql.adapters.local.index.vectors import Vectors
from assetql.domain.errors import InvalidInput
from assetql.domain.query_text import query_words
from assetql.domain.search import SearchQuery

MAX_LIMIT = 1000
MAX_WORDS = 32
_EXCLUDED = """
SELECT id FROM doc WHERE workspace = ? AND asset_id IN (SELECT value FROM json_each(?))
"""
_SIMILAR = "SELECT word FROM word WHERE workspace = ?"


def check(query: SearchQuery) -> None:
    """Raises: InvalidInput for a query that can't be asked."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInput(f"A page of {query.limit}.", remedy=f"Ask for 1 to {MAX_LIMIT} hits.")
    asked = len(query_words(query.text))
    if asked > MAX_WORDS:
        raise InvalidInput(f"{asked} words.", remedy=f"Search for at most {MAX_WORDS} words.")
    if query.embedding is not None and not np.isfinite(query.embedding).all():
        raise InvalidInput("An embedding that is not finite.", remedy="Embed the image again.")


class Snapshot:
    """The columns of one workspace, and its vectors once they were asked for."""

    def __init__(self, workspace: int, connection: sqlite3.Connection) -> None:
        self._workspace, self._connection = workspace, connection
        self._vectors: dict[int, Vectors] = {}
        self.columns = Columns(workspace)

    def refresh(self, revision: int) -> None:
        """Takes in what was applied since."""
        self.columns.refresh(self._connection, revision)

    def asset_ids(self, slots: Sequence[int]) -> list[str]:
        return self.columns.asset_ids[slots].tolist()

    def place(self, slot: int, rank: float) -> Place:
        """Where that hit stands in the order."""
        created = int(self.columns.arrays["created"][slot])
        return Place(rank, created, self.columns.asset_ids[slot])

    def known_words(self) -> list[str]:
        """The words of names and tags."""
        found = self._connection.execute(_SIMILAR, (self._workspace,))
        return [row[0] for row in found]

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
                self._connection,
                tiers(self._workspace, query.text, asked),
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
            key = (self._workspace, json.dumps(query.exclude))
            found = self._connection.execute(_EXCLUDED, key).fetchall()
            excluded = self.columns.slots(np.array(found, dtype=np.int64).ravel())
        return mask_of(self.columns, query, excluded)

    def _matching(self, query: SearchQuery, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The slots that meet every condition, newest first."""
        if not query.text.strip():
            return np.flatnonzero(mask)
        asked = query_words(query.text)
        if not asked:
            return np.empty(0, dtype=np.int64)
        ids = all_ids(self._connection, scoped(self._workspace, all_of(asked)))
        slots = self.columns.slots(ids)
        return np.sort(slots[mask[slots]])

    def _vectors_of(self, dimensions: int) -> Vectors:
        vectors = self._vectors.setdefault(dimensions, Vectors(self._workspace, dimensions))
        vectors.refresh(self._connection, self.columns)
        return vectors
