"""Documents as arrays, in whatever order: how they come to the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Texts:
    """One text for each document, or several: `codes` (n,) or (m, n) count in `names`; -1 pads."""

    names: list[str]
    codes: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The last axis of every array is the document.

    `arrays`: created (µs), phash (uint64), width, height, dimensions, colors (8, n; bins).
    `texts`: category, style_id, batch_id and tags (filled from the first row on).
    """

    asset_ids: NDArray[np.object_]
    arrays: Arrays
    texts: dict[str, Texts]


def one_each(texts: Sequence[str]) -> Texts:
    """A text for each document."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(text, len(numbers)) for text in texts]
    return Texts(list(numbers), np.array(codes, dtype=np.int32))


def several_each(lists: Sequence[Sequence[str]]) -> Texts:
    """A list of texts for each document."""
    numbers: dict[str, int] = {}
    codes = np.full((max(1, *map(len, lists), 1), len(lists)), -1, dtype=np.int32)
    for at, texts in enumerate(lists):
        codes[: len(texts), at] = [numbers.setdefault(text, len(numbers)) for text in texts]
    return Texts(list(numbers), codes)


def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Side by side along the last axis; where some have fewer rows, -1 pads."""
    rows = max(part.shape[0] for part in parts)
    if parts[0].ndim > 1:
        parts = [_padded(part, rows) for part in parts]
    return np.concatenate(parts, axis=-1)


def _padded(array: NDArray[Any], rows: int) -> NDArray[Any]:
    missing = rows - array.shape[0]
    if not missing:
        return array
    return np.pad(array, ((0, missing), (0, 0)), constant_values=-1)
