"""The three orders of hits: by likeness, by tier of the text, and by age."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.columns import Columns
from assetql.adapters.search.cursor import Place
from assetql.adapters.search.source import Source
from assetql.adapters.search.terms import Asked
from assetql.adapters.search.vectors import Vectors

Slots = NDArray[np.int64]
TIERS = 4
_WINDOW = 1024
_MOST_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Ranked:
    """Slots in order with their ranks, one more than asked where there are more."""

    slots: list[int]
    ranks: list[float]
    total: int | None


def by_age(columns: Columns, mask: NDArray[np.bool_], *, limit: int, after: Place | None) -> Ranked:
    """Newest first."""
    start = columns.slot_after(after.created, after.asset_id) if after else 0
    slots: list[int] = []
    window = _WINDOW
    while start < len(mask) and len(slots) <= limit:
        slots += (np.flatnonzero(mask[start : start + window]) + start).tolist()
        start, window = start + window, window * 4
    slots = slots[: limit + 1]
    return Ranked(slots, [0.0] * len(slots), int(np.count_nonzero(mask)))


def by_likeness(
    columns: Columns,
    candidates: Slots,
    vectors: Vectors,
    wanted: NDArray[np.float32],
    *,
    limit: int,
    after: Place | None,
) -> Ranked:
    """Highest cosine first; what has no vector of this space is no hit."""
    slots, scores = vectors.scores(candidates, wanted)
    total = len(slots)
    if after:
        start = columns.slot_after(after.created, after.asset_id)
        behind = (scores < after.rank) | ((scores == after.rank) & (slots >= start))
        slots, scores = slots[behind], scores[behind]
    if len(slots) > limit + 1:
        least = np.partition(scores, -(limit + 1))[-(limit + 1)]
        slots, scores = slots[scores >= least], scores[scores >= least]
    order = np.lexsort((slots, -scores))[: limit + 1]
    return Ranked(slots[order].tolist(), scores[order].tolist(), total)


def by_text(
    columns: Columns,
    mask: NDArray[np.bool_],
    source: Source,
    tiers: Sequence[Asked],
    *,
    limit: int,
    after: Place | None,
) -> Ranked:
    """Tier by tier, each newest first; stops as soon as the page is full."""
    slots: list[int] = []
    ranks: list[float] = []
    for tier, asked in enumerate(tiers):
        rank = (TIERS - tier) / TIERS
        if len(slots) > limit or (after and rank > after.rank):
            continue
        here = after if after and rank == after.rank else None
        found = _newest(columns, mask, source, asked, limit + 1 - len(slots), here)
        slots += found
        ranks += [rank] * len(found)
    total = len(slots) if after is None and len(slots) <= limit else None
    return Ranked(slots, ranks, total)


def _chunk(mask: NDArray[np.bool_], wanted: int) -> int:
    """How many matches hold `wanted` that the filters leave, if these are evenly spread."""
    kept = int(np.count_nonzero(mask))
    return min(wanted * 3 * len(mask) // (2 * kept) + 8, _MOST_AT_ONCE)


def _newest(
    columns: Columns,
    mask: NDArray[np.bool_],
    source: Source,
    asked: Asked,
    wanted: int,
    after: Place | None,
) -> list[int]:
    start = columns.slot_after(after.created, after.asset_id) if after else 0
    found: list[int] = []
    until = after.created if after else None
    for ids in source.newest(asked, chunk=_chunk(mask, wanted), until=until):
        slots = columns.slots(ids)
        found += np.sort(slots[mask[slots] & (slots >= start)]).tolist()
        if len(found) >= wanted:
            break
    return found[:wanted]
