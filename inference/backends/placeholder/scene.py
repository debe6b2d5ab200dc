"""Wide canvases: a landscape with things in it, or one thing between two smaller ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from inference.backends.placeholder.affine import Affine
from inference.backends.placeholder.brush import VIEW, Brush
from inference.backends.placeholder.color import Color, mix
from inference.backends.placeholder.compose import Spot, place
from inference.backends.placeholder.prompt import Reading
from inference.backends.placeholder.template import Drawing, Part, subjects

WIDE = 1.5  # width over height from which one thing alone looks lost
_AUTUMN = Color.parse("#e08a35")
_MOST_ACCENTS = 12
_STEP = 48  # view units between the points of a hill's line


@dataclass(frozen=True, slots=True)
class Land:
    """One kind of landscape: its words, colours and what grows on it."""

    words: frozenset[str]
    far: str
    near: str
    accents: tuple[str, ...]


_MEADOW = Land(frozenset(), "#8fcf86", "#62b155", ("tree", "flower", "flower"))
_LANDS = (
    Land(frozenset({"snow", "winter", "christmas", "ice"}), "#c3dcee", "#f1f7fc", ("pine",)),
    Land(frozenset({"autumn", "fall", "harvest"}), "#dba85c", "#b8783f", ("tree", "leaf")),
    Land(frozenset({"forest", "wood", "jungle"}), "#5f9f6b", "#3f7f4f", ("tree", "pine")),
    Land(frozenset({"beach", "summer", "sea", "ocean", "island"}), "#4fb9da", "#f1dca6", ("leaf",)),
    Land(frozenset({"desert", "sand", "dune"}), "#e0b06a", "#eecb8b", ("crystal",)),
    replace(_MEADOW, words=frozenset({"spring", "meadow", "grass", "field"})),
)  # fmt: skip
_SKIES = {
    "night": ("#1f2a5a", "#4a4f8f"),
    "moon": ("#1f2a5a", "#4a4f8f"),
    "morning": ("#9fd4f5", "#ffe6c4"),
    "evening": ("#6a5aa8", "#ffb38a"),
    "sunset": ("#6a5aa8", "#ffb38a"),
}
_DAY = ("#7cc4f2", "#d8f0fb")
# Part of the landscape rather than what the scene is about.
_SCENERY = {"flag", "flower", "tree", "pine", "leaf", "sun", "moon", "cloud"}


def is_scene(reading: Reading) -> bool:
    """Whether the words name a landscape or a canvas, not one thing."""
    return reading.is_canvas or any(reading.words & land.words for land in _LANDS)


def paint_trio(
    brush: Brush, drawing: Drawing, reading: Reading, width: float, random: Random
) -> None:
    """One thing in the middle, two smaller ones beside it: for `width` view units."""
    side = min(0.62 * VIEW, width / 2 - VIEW * 0.4)
    for x in (side / 2 + 8, width - side / 2 - 8):
        place(brush, drawing, reading, Spot(x, VIEW * 0.6, side), random)
    place(brush, drawing, reading, Spot(width / 2, VIEW / 2, VIEW), random)


def paint_scene(brush: Brush, reading: Reading, width: float, random: Random, *, sky: bool) -> None:
    """Sky (where wanted), hills and things on them over `width` view units."""
    if sky:
        _paint_sky(brush, reading, width)
    land = next((land for land in _LANDS if reading.words & land.words), _MEADOW)
    light = subjects()["moon" if reading.words & {"night", "moon"} else "sun"]
    plain = Reading(None, (), reading.words - {"sparkles", "fire", "frost"}, (), "", True)
    place(brush, light, plain, Spot(width * random.uniform(0.76, 0.88), 54, 78), random)
    for share in (0.2, 0.62):
        spot = Spot(width * (share + random.uniform(-0.06, 0.06)), 48, 84)
        place(brush, subjects()["cloud"], plain, spot, random)
    brush.paint([_hill(width, 150, 26, land.far, random)], Affine(), {})
    brush.paint([_hill(width, 206, 16, land.near, random)], Affine(), {})
    for drawing, spot in _placed(reading, land, width, random):
        place(brush, drawing, reading if drawing.key not in _SCENERY else plain, spot, random)


def _placed(
    reading: Reading, land: Land, width: float, random: Random
) -> Iterator[tuple[Drawing, Spot]]:
    """What stands where: accents outwards, the subject in the middle, last and in front."""
    named = [d for d in (reading.subject, *reading.others) if d and not d.glyphs]
    things = [d for d in named if d.key not in _SCENERY]
    accents = [_accent(key, reading) for key in land.accents] + things[1:]
    count = min(_MOST_ACCENTS, 2 * round(width / VIEW))
    for i in range(count):
        share = (i + 0.5) / count
        if things and abs(share - 0.5) * width < 100:
            continue
        side = random.uniform(76, 128)
        spot = Spot(share * width + random.uniform(-10, 10), 214 - side / 2, side)
        yield accents[i % len(accents)], spot
    if things:
        yield things[0], Spot(width / 2, 138, 196)


def _accent(key: str, reading: Reading) -> Drawing:
    """A plant of the landscape, its leaves turned in autumn."""
    drawing = subjects()[key]
    if key not in {"tree", "leaf"} or "autumn" not in reading.words:
        return drawing
    parts = (replace(p, color=_AUTUMN) if p.slot == "leaf" else p for p in drawing.parts)
    return replace(drawing, parts=tuple(parts))


def _hill(width: float, level: float, swing: float, color: str, random: Random) -> Part:
    """A rolling line across the canvas and everything under it."""
    xs = range(-_STEP, int(width) + 2 * _STEP, _STEP)
    line = [(float(x), level + random.uniform(-swing, swing)) for x in xs]
    curve = [f"M {line[0][0]} {line[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(line):
        half = (x0 + x1) / 2
        curve.append(f"C {half} {y0:.1f} {half} {y1:.1f} {x1} {y1:.1f}")
    floor = VIEW + 40
    curve.append(f"L {line[-1][0]} {floor} L {line[0][0]} {floor} Z")
    return Part(
        slot="ground",
        aliases=("hill", "grass"),
        markup=f'<path d="{" ".join(curve)}"',
        color=Color.parse(color),
        transform="",
        points=(*line, (line[0][0], floor), (line[-1][0], floor)),
    )


def _paint_sky(brush: Brush, reading: Reading, width: float) -> None:
    named = (sky for word, sky in _SKIES.items() if word in reading.words)
    top, bottom = (brush.look.tone(Color.parse(c)) for c in next(named, _DAY))
    bands = 6 if brush.look.pixel_grid else 32
    for i in range(bands):
        color = mix(top, bottom, i / (bands - 1))
        brush.band(VIEW * i / bands, VIEW / bands, width, color)
