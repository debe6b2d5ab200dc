"""Where each sprite of an atlas goes: pages of powers of two, as few and as small as they get."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rectpack import SkylineBlWm

from assetql.domain.presets import next_power_of_two

MAX_SIDE = 2048
EXTRUDE = 1  # pixels that each edge is repeated by, against bleeding when filtered
_GAP = 1  # transparent pixels between two sprites


@dataclass(frozen=True, slots=True)
class Place:
    """Where sprite `index` lies: the corner of its pixels, edges repeated outside of it."""

    index: int
    x: int
    y: int
    extrude: int


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its size in pixels and its sprites, by index."""

    size: tuple[int, int]
    places: tuple[Place, ...]


def lay_out(sizes: Sequence[tuple[int, int]]) -> tuple[Page, ...]:
    """Pages for sprites of these sizes. One that leaves no room to extrude has its own page."""
    room = MAX_SIDE - 2 * EXTRUDE
    large = [index for index, size in enumerate(sizes) if max(size) > room]
    left = [index for index, size in enumerate(sizes) if max(size) <= room]
    left.sort(key=lambda index: (-sizes[index][1], -sizes[index][0], index))
    pages = [
        Page(_powers_of_two(sizes[index]), (Place(index, 0, 0, extrude=0),)) for index in large
    ]
    while left:
        page = _next_page(left, sizes)
        pages.append(page)
        placed = {place.index for place in page.places}
        left = [index for index in left if index not in placed]
    return tuple(pages)


def _next_page(left: Sequence[int], sizes: Sequence[tuple[int, int]]) -> Page:
    total = sum(_area(sizes[index]) for index in left)
    for size in _page_sizes():
        if size[0] * size[1] < total:
            continue
        places = _fit(left, sizes, size)
        if len(places) == len(left):
            return Page(size, places)
    full = (MAX_SIDE, MAX_SIDE)
    return Page(full, _fit(_that_could_fit(left, sizes), sizes, full))


def _page_sizes() -> Iterator[tuple[int, int]]:
    side = 16
    while side <= MAX_SIDE:
        if side > 16:
            yield side, side // 2
        yield side, side
        side *= 2


def _that_could_fit(left: Sequence[int], sizes: Sequence[tuple[int, int]]) -> list[int]:
    """The first of `left` that together have a page's area: trying more only costs time."""
    chosen: list[int] = []
    area = 0
    for index in left:
        area += _area(sizes[index])
        if chosen and area > MAX_SIDE * MAX_SIDE:
            break
        chosen.append(index)
    return chosen


def _fit(
    indices: Sequence[int], sizes: Sequence[tuple[int, int]], page: tuple[int, int]
) -> tuple[Place, ...]:
    sheet = SkylineBlWm(page[0] + _GAP, page[1] + _GAP, rot=False)
    corners = ((index, sheet.add_rect(*_cell(sizes[index]))) for index in indices)
    places = (
        Place(index, corner.x + EXTRUDE, corner.y + EXTRUDE, EXTRUDE)
        for index, corner in corners
        if corner is not None
    )
    return tuple(sorted(places, key=lambda place: place.index))


def _cell(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] + 2 * EXTRUDE + _GAP, size[1] + 2 * EXTRUDE + _GAP


def _area(size: tuple[int, int]) -> int:
    width, height = _cell(size)
    return width * height


def _powers_of_two(size: tuple[int, int]) -> tuple[int, int]:
    return next_power_of_two(size[0]), next_power_of_two(size[1])
