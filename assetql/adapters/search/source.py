"""What a family keeps of one workspace's documents besides their columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.terms import Asked

Ids = NDArray[np.int64]  # a family's own numbers of documents


class Source(Protocol):
    """Ids may be of documents that the columns do not have any more: those are left out."""

    def matching(self, asked: Asked) -> Ids:
        """Every document that has what is asked."""
        ...

    def newest(self, asked: Asked, *, chunk: int, until: int | None) -> Iterator[Ids]:
        """The same in chunks of about that size at first, newest first.

        A chunk has all documents of every millisecond that it has any of, so that whoever stops
        after one can settle their order. `until` (µs): those created later may be left out.
        """
        ...

    def vectors_since(self, dimensions: int, revision: int) -> tuple[Ids, NDArray[np.float32]]:
        """(n,) and (n, d): the embeddings that came after the revision."""
        ...

    def ids_of(self, asset_ids: Sequence[str]) -> Ids:
        """Of those that are there."""
        ...

    def known_words(self) -> Iterable[str]:
        """The words of names and tags."""
        ...
