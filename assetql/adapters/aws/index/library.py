"""One workspace's segments, merged in memory: what its searches are answered from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.aws.index.postings import Postings, Rows, joined, key_of
from assetql.adapters.aws.index.segment import Picked, Segment, has_phrase, merged
from assetql.adapters.aws.index.shelf import Shelf, each_of
from assetql.adapters.aws.index.tails import Matrix, Tail, matrix_in, tail_of
from assetql.adapters.search.documents import Documents, Texts
from assetql.adapters.search.source import Ids
from assetql.adapters.search.terms import Asked, Phrase

_SPREAD = 4  # a part of the postings is at least so many times the next one


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the rows from `base` on came from: which of the segments, and which row of it."""

    base: int
    tails: dict[str, Tail]  # by the name of the segment
    picked: Picked
    dimensions: NDArray[np.int32]  # (n,): 0 for what was forgotten at once


class Library:
    """A document's id is its row; a newer version has a new one, and the old one is forgotten."""

    def __init__(self, shelf: Shelf) -> None:
        self.rows = 0
        self._shelf = shelf
        self._row_of: dict[str, int] = {}
        self._versions: list[int] = []
        self._parts: list[tuple[int, Postings]] = []  # each with its first row
        self._phrases: dict[int, str] = {}
        self._words: set[str] = set()
        self._origins: list[_Origin] = []

    @property
    def documents(self) -> int:
        """How many of the rows are not forgotten."""
        return len(self._row_of)

    def take(self, segments: Mapping[str, Segment]) -> tuple[Ids, Documents, Ids]:
        """Takes them in: the new rows, their documents, and the rows that are forgotten."""
        segment, picked = merged(list(segments.values()))
        base, documents = self.rows, segment.documents
        here, gone = self._registered(segment)
        self.rows += len(segment)
        self._phrases |= {base + row: text for row, text in segment.phrases.items()}
        self._words |= segment.words
        self._add_part(base, segment.postings)
        tails = {
            name: tail_of(each.documents.arrays["dimensions"]) for name, each in segments.items()
        }
        dimensions = np.where(here, documents.arrays["dimensions"], 0)
        self._origins.append(_Origin(base, tails, picked, dimensions))
        return base + np.flatnonzero(here), _only(documents, here), gone

    def _registered(self, segment: Segment) -> tuple[NDArray[np.bool_], Ids]:
        here = np.ones(len(segment), dtype=bool)
        gone: list[int] = []
        asset_ids, versions = segment.documents.asset_ids.tolist(), segment.versions.tolist()
        for at, (asset_id, version) in enumerate(zip(asset_ids, versions, strict=True)):
            row = self._row_of.get(asset_id)
            if row is not None and self._versions[row] >= version:
                here[at] = False
                continue
            if row is not None:
                gone.append(row)
            self._row_of[asset_id] = self.rows + at
        self._versions += versions
        return here, np.array(gone, dtype=np.int64)

    def _add_part(self, base: int, postings: Postings) -> None:
        """Parts that come together are joined like decks of cards, so there are always few."""
        self._parts.append((base, postings))
        while len(self._parts) > 1 and self._size(-2) < _SPREAD * self._size(-1):
            (first, one), (second, other) = self._parts[-2:]
            self._parts[-2:] = [(first, joined([(0, one), (second - first, other)]))]

    def _size(self, part: int) -> int:
        return len(self._parts[part][1].rows)

    def matching(self, asked: Asked) -> Ids:
        found = self._having(asked.phrases)
        if asked.better:
            found = found[np.isin(found, self._having(asked.better), invert=True)]
        return found.astype(np.int64)

    def newest(self, asked: Asked, *, chunk: int, until: int | None) -> Iterator[Ids]:
        del chunk, until  # in memory all at once is cheaper than in parts
        yield self.matching(asked)

    def _having(self, phrases: Sequence[Phrase]) -> Rows:
        keys = {key_of(term) for phrase in phrases for term in phrase}
        lists = [part.of_all(keys) + np.int32(base) for base, part in self._parts]
        found = np.concatenate([np.empty(0, np.int32), *lists])
        for phrase in phrases:
            if len(phrase) > 1:
                kept = [has_phrase(self._phrases.get(row, ""), phrase) for row in found.tolist()]
                found = found[np.array(kept, dtype=bool)]
        return found

    def vectors_since(self, dimensions: int, revision: int) -> tuple[Ids, Matrix]:
        """Raises: Gone where a segment was merged and deleted meanwhile."""
        ids: list[Ids] = [np.empty(0, np.int64)]
        data: list[Matrix] = [np.empty((0, dimensions), np.float32)]
        for origin in self._origins:
            if origin.base >= revision:
                for rows, matrix in self._embeddings(origin, dimensions):
                    ids.append(origin.base + rows)
                    data.append(matrix)
        return np.concatenate(ids), np.concatenate(data)

    def _embeddings(self, origin: _Origin, dimensions: int) -> Iterator[tuple[Ids, Matrix]]:
        mine = origin.dimensions == dimensions
        names = list(origin.tails)
        wanted = np.unique(origin.picked.segment[mine]).tolist()
        read = each_of(
            lambda name: self._read(name, origin.tails[name], dimensions),
            [names[number] for number in wanted],
        )
        for number, matrix in zip(wanted, read, strict=True):
            rows = np.flatnonzero(mine & (origin.picked.segment == number))
            yield rows, matrix[origin.tails[names[number]].place[origin.picked.row[rows]]]

    def _read(self, name: str, tail: Tail, dimensions: int) -> Matrix:
        block = tail.blocks[dimensions]
        return matrix_in(self._shelf.read_tail(name, block.start, block.end), block)

    def ids_of(self, asset_ids: Sequence[str]) -> Ids:
        found = [self._row_of[each] for each in asset_ids if each in self._row_of]
        return np.array(found, dtype=np.int64)

    def known_words(self) -> Iterable[str]:
        return self._words


def _only(documents: Documents, here: NDArray[np.bool_]) -> Documents:
    if here.all():
        return documents
    return Documents(
        asset_ids=documents.asset_ids[here],
        arrays={name: array[..., here] for name, array in documents.arrays.items()},
        texts={
            name: Texts(texts.names, texts.codes[..., here])
            for name, texts in documents.texts.items()
        },
    )
