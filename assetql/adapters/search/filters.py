"""The conditions of a query as masks over the columns."""

import functools
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.codec import micros
from assetql.adapters.search.columns import Columns
from assetql.adapters.search.document import NO_COLOR, color_rgb
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
    asked = [columns.code("tags", fold(tag)) for tag in query.tags]
    if min(asked) < 0:  # nothing has it
        return np.zeros(len(columns), dtype=bool)
    return functools.reduce(np.logical_and, [columns.equal("tags", code) for code in asked])


def _untagged(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["tags"][0] < 0  # tags fill their rows from the first on


def _category(columns: Columns, query: SearchQuery) -> Mask:
    return columns.equal("category", columns.code("category", fold(query.category or "")))


def _style(columns: Columns, query: SearchQuery) -> Mask:
    return columns.equal("style_id", columns.code("style_id", query.style_id or ""))


def _batch(columns: Columns, query: SearchQuery) -> Mask:
    return columns.equal("batch_id", columns.code("batch_id", query.batch_id or ""))


def _since(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["created"] >= _moment(query.since)


def _until(columns: Columns, query: SearchQuery) -> Mask:
    return columns.arrays["created"] <= _moment(query.until)


def _moment(moment: datetime | None) -> int:
    if moment is None or moment.tzinfo is None:
        raise InvalidInput(f"{moment} has no time zone.", remedy="Give an aware date and time.")
    return micros(moment)


def _min_side(columns: Columns, query: SearchQuery) -> Mask:
    return np.minimum(columns.arrays["width"], columns.arrays["height"]) >= query.min_side


def _max_side(columns: Columns, query: SearchQuery) -> Mask:
    return np.maximum(columns.arrays["width"], columns.arrays["height"]) <= query.max_side


def _near_phash(columns: Columns, query: SearchQuery) -> Mask:
    wanted = np.uint64((query.near_phash or 0) & (1 << 64) - 1)
    return np.bitwise_count(columns.arrays["phash"] ^ wanted) <= NEAR_DUPLICATE


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
    asked = [name for name in _CONDITIONS if getattr(query, name) not in {None, False, ()}]
    masks = [_CONDITIONS[name](columns, query) for name in asked]
    mask = functools.reduce(np.logical_and, masks) if masks else np.ones(len(columns), dtype=bool)
    if len(excluded):
        mask = mask.copy()  # it may be one that the columns keep
        mask[excluded] = False
    return mask if query.color is None else _near_color(columns, mask, query.color)


def _near_color(columns: Columns, mask: Mask, color: str) -> Mask:
    slots = np.flatnonzero(mask)
    bins = columns.arrays["colors"].take(slots, axis=1)
    near = functools.reduce(np.logical_or, _bins_near(color).take(bins))
    found = np.zeros_like(mask)
    found[slots[near]] = True
    return found


def _bins_near(color: str) -> Mask:
    """(32769,) bool: the bins within reach of the colour; the padding's is not."""
    wanted = oklab(color_rgb(color) / 255) * _LAB_WEIGHTS
    lightness, a, b = _bin_colors()
    distance = (lightness - wanted[0]) ** 2 + (a - wanted[1]) ** 2 + (b - wanted[2]) ** 2
    return np.append(distance <= _NEAR_COLOR**2, False)


@functools.cache
def _bin_colors() -> NDArray[np.float32]:
    """(3, 32768): the weighted OKLab of each bin's middle."""
    bins = np.arange(NO_COLOR)
    channels = np.stack([bins >> 10, bins >> 5 & 31, bins & 31], axis=-1)
    return np.ascontiguousarray((oklab((channels * 8 + 4) / 255) * _LAB_WEIGHTS).T)
