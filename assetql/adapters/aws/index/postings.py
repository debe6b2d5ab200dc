"""Which documents have which terms, as three arrays."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.terms import Text

Rows = NDArray[np.int32]  # ascending numbers of documents


@dataclass(frozen=True, slots=True)
class Postings:
    """`keys` (t,) uint64 ascending; those who have `keys[i]` are `rows[starts[i]:starts[i + 1]]`.

    A key is a hash of its term: two of a million terms share one in three cases of a hundred
    million, and then find each other's documents.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: Rows

    def of(self, key: int) -> Rows:
        """The documents that have the term."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at == len(self.keys) or int(self.keys[at]) != key:
            return self.rows[:0]
        return self.rows[self.starts[at] : self.starts[at + 1]]

    def of_all(self, keys: Iterable[int]) -> Rows:
        """The documents that have all of one or more terms."""
        lists = sorted(map(self.of, keys), key=len)
        return functools.reduce(_common, lists)

    def renumbered(self, numbers: Rows) -> "Postings":
        """Each document under its new number; -1 leaves it out. The order must stay."""
        rows = numbers[self.rows]
        terms = np.repeat(np.arange(len(self.keys)), np.diff(self.starts))[rows >= 0]
        counts = np.bincount(terms, minlength=len(self.keys))
        left = counts > 0
        return Postings(self.keys[left], _starts(counts[left]), rows[rows >= 0])


@functools.lru_cache(maxsize=65_536)
def key_of(term: str) -> int:
    """64 bits."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def postings_of(documents: Sequence[Sequence[Text]]) -> Postings:
    """The terms of each document."""
    found: dict[int, list[int]] = {}
    for row, texts in enumerate(documents):
        for term in dict.fromkeys(term for text in texts for term in text):
            found.setdefault(key_of(term), []).append(row)
    keys = sorted(found)
    rows = [row for key in keys for row in found[key]]
    counts = np.array([len(found[key]) for key in keys], dtype=np.int64)
    return Postings(np.array(keys, np.uint64), _starts(counts), np.array(rows, np.int32))


def joined(parts: Sequence[tuple[int, Postings]]) -> Postings:
    """One for all; each part's documents count from its number on, and the numbers ascend."""
    keys, terms = np.unique(np.concatenate([part.keys for _, part in parts]), return_inverse=True)
    counts = np.concatenate([np.diff(part.starts) for _, part in parts])
    starts = _starts(np.bincount(terms, weights=counts, minlength=len(keys)).astype(np.int64))
    rows = np.empty(int(starts[-1]), np.int32)
    free = starts[:-1].copy()  # where the next row of each term goes
    done = 0
    for base, part in parts:
        mine, sizes = terms[done : done + len(part.keys)], np.diff(part.starts)
        done += len(part.keys)
        at = np.repeat(free[mine] - part.starts[:-1], sizes) + np.arange(len(part.rows))
        rows[at] = part.rows + base
        free[mine] += sizes
    return Postings(keys, starts, rows)


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _common(fewer: Rows, more: Rows) -> Rows:
    if not len(fewer):
        return fewer
    at = np.minimum(np.searchsorted(more, fewer), len(more) - 1)
    return fewer[more[at] == fewer]
