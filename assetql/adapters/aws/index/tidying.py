"""Keeps the number of segments small: merges many small ones into one, and deletes what that left.

Safe to run anywhere, by many at once, and to be killed at any point: a merged segment is written
before anything is deleted, readers take the newest version of each asset from whatever there is,
and a segment that was replaced is deleted only a while after the one that replaces it came.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from assetql.adapters.aws.index.layout import Plan, extent_of, packed, segment_in
from assetql.adapters.aws.index.segment import Picked, Segment, merged
from assetql.adapters.aws.index.shelf import Listing, Shelf, Stored, each_of
from assetql.adapters.aws.index.tails import Matrix, matrix_in, tail_of, tail_with

MANY = 8
_MOST_BYTES = 256 * 2**20  # of what is merged at once, in memory
KEEP = timedelta(minutes=15)  # longer than a reader takes between listing and reading


def tidy(shelf: Shelf, *, keep: timedelta = KEEP) -> None:
    """One pass. Raises: Gone where another pass came between; StoreUnavailable."""
    listing = shelf.listing()
    plans = shelf.plans(listing)
    shelf.delete(_outlived(listing, plans, keep))
    replaced = {name for plan in plans.values() for name in plan.replaced}
    live = {name: each for name, each in listing.segments.items() if name not in replaced}
    for names in _due(live):
        _merge(shelf, names, listing, plans)


def _outlived(listing: Listing, plans: Mapping[str, Plan], keep: timedelta) -> list[str]:
    """Those that were replaced a while ago."""
    settled = [
        plan for name, plan in plans.items() if listing.segments[name].modified <= listing.at - keep
    ]
    replaced = {name for plan in settled for name in plan.replaced}
    return sorted(replaced & listing.segments.keys())


def _due(live: dict[str, Stored]) -> list[list[str]]:
    """Groups of many segments of about the same size, which fit into memory together."""
    tiers: dict[int, list[str]] = {}
    for name in sorted(live, key=lambda name: (live[name].size, name)):
        tiers.setdefault(live[name].extent.count.bit_length() // 3, []).append(name)
    return [names for tier in tiers.values() if len(names := _fitting(tier, live)) >= MANY]


def _fitting(names: Sequence[str], live: dict[str, Stored]) -> list[str]:
    ends = np.cumsum([live[name].size for name in names])
    return sorted(names[: int(np.count_nonzero(ends <= _MOST_BYTES))])


def _merge(shelf: Shelf, names: Sequence[str], listing: Listing, plans: Mapping[str, Plan]) -> None:
    read = dict(zip(names, each_of(lambda name: shelf.read(name, 0), names), strict=True))
    heads = {name: data[extent_of(name).plan : extent_of(name).tail] for name, data in read.items()}
    segments = [segment_in(head, name) for name, head in heads.items()]
    segment, picked = merged(segments)
    tails = [data[extent_of(name).tail :] for name, data in read.items()]
    # What those replaced may still be there, and nobody else would name it.
    before = {old for name in names if name in plans for old in plans[name].replaced}
    plan = Plan(tuple(names), tuple(sorted({*names, *before} & listing.segments.keys())))
    shelf.put(*packed(segment, tail_with(_matrices(segment, picked, segments, tails)), plan))


def _matrices(
    segment: Segment, picked: Picked, segments: Sequence[Segment], tails: Sequence[bytes]
) -> list[Matrix]:
    """The blocks of the merged segment, from those of the segments that it was merged from."""
    found = tail_of(segment.documents.arrays["dimensions"])
    made = {size: np.empty((block.count, size), np.float32) for size, block in found.blocks.items()}
    for number, (each, data) in enumerate(zip(segments, tails, strict=True)):
        dimensions = each.documents.arrays["dimensions"]
        tail = tail_of(dimensions)
        rows = np.flatnonzero(picked.segment == number)
        for size, block in tail.blocks.items():
            mine = rows[dimensions[picked.row[rows]] == size]
            matrix = matrix_in(data[block.start : block.end], block)
            made[size][found.place[mine]] = matrix[tail.place[picked.row[mine]]]
    return list(made.values())
