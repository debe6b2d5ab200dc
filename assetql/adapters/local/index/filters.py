"""The conditions of a query as masks over the columns."""

import functools
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.columns import Columns
from assetql.adapters.local.index.document import NO_COLOR, color_rgb, microseconds
from assetql.domain.color import oklab
from assetql.domain.errors import InvalidInput
from assetql.domain.phash import NEAR_DUPLICATE
from assetql.domain.query_text import fold
from assetql.domain.search import SearchQuery

Mask = NDArray[np.bool_]
Condition = Callable[[Columns, SearchQuery], Mask]

# Near in hue and chroma first: lightness counts half, so that dark red still is a red.
_LAB_WEIGHTS = np.array([0.5, 1.0, 1.0], dtype=np.float32)
_NEAR_COLOR = 0.15


def _tags(columns: Columns, query: SearchQuery) -> Mask:
    mask = np.ones(len(columns), dtype=bool)
    for tag in query.tags:
        code = columns.tags.get(fold(tag))
        mask &= (columns.arrays["tags"] == code).any(axis=0) if code >= 0 else False
    return mask


def _untagged(columns: Columns, query: SearchQuery) -> Mask:
    return (columns.arrays["tags"] < 0).all(axis=0)


def _category(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["category"] == columns.categories.get(fold(query.category or ""))


def _style(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["style_id"] == columns.styles.get(query.style_id or "")


def _batch(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["batch_id"] == columns.batches.get(query.batch_id or "")


def _since(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["created"] >= _moment(query.since)


def _until(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["created"] <= _moment(query.until)


def _moment(moment: datetime | None) -> int:
    if moment is None or moment.tzinfo is None:
        raise InvalidInput(f"{moment} has no time zone.", remedy="Give an aware date and time.")
    return microseconds(moment)


def _min_side(columns: Columns, query: SearchQuery) -> Mask:
    return np.minimum(columns.arrays["width"], columns.arrays["height"]) >= query.min_side


def _max_side(columns: Columns, query: SearchQuery) -> Mask:
    return np.maximum(columns.arrays["width"], columns.arrays["height"]) <= query.max_side


def _near_phash(columns: Columns, query: SearchQuery) -> Mask:
    wanted = np.uint64((query.near_phash or 0) & (1 << 64) - 1)
    return np.bitwise_count(columns.arrays["phash"] ^ wanted) <= NEAR_DUPLICATE


def _unconditional(columns: Columns, query: SearchQuery) -> Mask:
    return np.ones(len(columns), dtype=bool)


_CONDITIONS: dict[str, Condition] = {
    "category": _category,
    "style_id": _style,
    "batch_id": _batch,
    "since": _since,
    "until": _until,
    "min_side": _min_side,
    "max_side": _max_side,
    "near_phash": _near_phash,
    "tags": _tags,
    "untagged": _untagged,
}


def mask_of(columns: Columns, query: SearchQuery, excluded: NDArray[np.int64]) -> Mask:
    """(n,) bool: the slots that meet every condition but those of text and embedding."""
    mask = _unconditional(columns, query)
    for name, condition in _CONDITIONS.items():
        if getattr(query, name) not in {None, False, ()}:
            mask &= condition(columns, query)
    mask[excluded] = False
    return mask if query.color is None else _near_color(columns, mask, query.color)


def _near_color(columns: Columns, mask: Mask, color: str) -> Mask:
    slots = np.flatnonzero(mask)
    near = _bins_near(color)[columns.arrays["colors"][:, slots]].any(axis=0)
    found = np.zeros_like(mask)
    found[slots[near]] = True
    return found


def _bins_near(color: str) -> Mask:
    """(32769,) bool: the bins within reach of the colour; the padding's is not."""
    wanted = oklab(color_rgb(color) / 255) * _LAB_WEIGHTS
    distance = ((_bin_colors() - wanted) ** 2).sum(axis=1)
    return np.append(distance <= _NEAR_COLOR**2, False)


@functools.cache
def _bin_colors() -> NDArray[np.float32]:
    """(32768, 3): the weighted OKLab of each bin's middle."""
    bins = np.arange(NO_COLOR)
    channels = np.stack([bins >> 10, bins >> 5 & 31, bins & 31], axis=-1)
    return oklab((channels * 8 + 4) / 255) * _LAB_WEIGHTS
