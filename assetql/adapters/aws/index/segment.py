"""A segment: versions of assets as arrays, which never change once they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.aws.index.postings import Postings, Rows, joined
from assetql.adapters.search.documents import Documents, Texts
from assetql.adapters.search.documents import joined as side_by_side
from assetql.adapters.search.terms import Phrase, Text

_BETWEEN = "\x1f"  # in no term


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One version of each asset.

    `phrases` has, by row, the texts in which terms of one character follow one another; `words`
    are those of names and tags.
    """

    documents: Documents
    versions: NDArray[np.int64]
    postings: Postings
    phrases: dict[int, str]
    words: frozenset[str]

    def __len__(self) -> int:
        return len(self.versions)


@dataclass(frozen=True, slots=True)
class Picked:
    """Where each document of a merged segment came from: which segment, and which row of it."""

    segment: NDArray[np.int64]
    row: NDArray[np.int64]


def wrapped(terms: Phrase | Text) -> str:
    """As `phrases` have it."""
    return f"{_BETWEEN}{_BETWEEN.join(terms)}{_BETWEEN}"


def has_phrase(texts: str, phrase: Phrase) -> bool:
    """Whether its terms follow one another in one of a segment's `phrases`."""
    return wrapped(phrase) in texts


def merged(segments: Sequence[Segment]) -> tuple[Segment, Picked]:
    """The newest version of each asset, in the order of the segments."""
    sizes = [len(segment) for segment in segments]
    bases = np.cumsum([0, *sizes[:-1]]).tolist()
    versions = np.concatenate([segment.versions for segment in segments])
    asset_ids = np.concatenate([segment.documents.asset_ids for segment in segments])
    kept = _newest(asset_ids, versions)
    numbers = np.full(len(versions), -1, np.int32)
    numbers[kept] = np.arange(len(kept))
    based = list(zip(bases, segments, strict=True))
    phrases = {
        int(numbers[base + row]): text
        for base, segment in based
        for row, text in segment.phrases.items()
        if numbers[base + row] >= 0
    }
    segment = Segment(
        documents=_side_by_side([segment.documents for segment in segments], kept),
        versions=versions[kept],
        postings=joined([(base, each.postings) for base, each in based]).renumbered(numbers),
        phrases=phrases,
        words=frozenset().union(*(each.words for each in segments)),
    )
    which = np.repeat(np.arange(len(segments)), sizes)
    return segment, Picked(which[kept], kept - np.array(bases)[which[kept]])


def _newest(asset_ids: NDArray[np.object_], versions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows with the newest version of each asset, ascending; of equal ones the first."""
    best: dict[str, tuple[int, int]] = {}
    for row, (asset_id, version) in enumerate(
        zip(asset_ids.tolist(), versions.tolist(), strict=True)
    ):
        found = best.get(asset_id)
        if found is None or found[0] < version:
            best[asset_id] = version, row
    return np.sort(np.array([row for _, row in best.values()], dtype=np.int64))


def _side_by_side(parts: Sequence[Documents], kept: Rows | NDArray[np.int64]) -> Documents:
    return Documents(
        asset_ids=np.concatenate([part.asset_ids for part in parts])[kept],
        arrays={
            name: side_by_side([part.arrays[name] for part in parts])[..., kept]
            for name in parts[0].arrays
        },
        texts={
            name: _one_list([part.texts[name] for part in parts], kept) for name in parts[0].texts
        },
    )


def _one_list(parts: Sequence[Texts], kept: Rows | NDArray[np.int64]) -> Texts:
    numbers: dict[str, int] = {}
    codes: list[NDArray[np.int32]] = []
    for part in parts:
        mine = [numbers.setdefault(name, len(numbers)) for name in part.names]
        codes.append(np.array([*mine, -1], np.int32)[part.codes])
    return Texts(list(numbers), side_by_side(codes)[..., kept])
