"""Puts drawings on a canvas: fitted, varied by the seed, with effects behind and in front."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from inference.backends.placeholder.affine import Affine, bounds, rotate, scale, translate
from inference.backends.placeholder.brush import Brush
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.prompt import Reading
from inference.backends.placeholder.template import Drawing, Part, effects

_FILL = {"small": 0.74, "big": 0.9}
_USUAL_FILL = 0.84


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a drawing goes: its centre and the side of the square that it fits, in view units."""

    x: float
    y: float
    side: float


def place(brush: Brush, drawing: Drawing, reading: Reading, spot: Spot, random: Random) -> None:
    """Paint one subject with its effects at a spot, varied by `random`."""
    colors = reading.colors_of(drawing)
    parts = tuple(_chosen(drawing.parts, reading.words, random))
    jitter = random.uniform(-5, 5)
    parts = tuple(_tinted(part, jitter) for part in parts)
    turned = _turned(drawing, random)
    share = next((s for word, s in _FILL.items() if word in reading.words), _USUAL_FILL)
    room = spot.side * share * random.uniform(0.95, 1.0)
    fit = _fitted(parts, turned, spot, room - 2 * brush.look.outline * spot.side * 0.5)
    around = translate(spot.x, spot.y).then(scale(spot.side / 256, spot.side / 256))
    wanted = [e for e in effects().values() if _applies(e, drawing, reading.words)]
    for effect in (e for e in wanted if e.place == "behind"):
        brush.paint(_chosen(effect.parts, reading.words, random), around, {})
    brush.paint(parts, fit, colors)
    for effect in (e for e in wanted if e.place == "front"):
        brush.paint(_chosen(effect.parts, reading.words, random), around, {})


def _chosen(parts: tuple[Part, ...], words: frozenset[str], random: Random) -> Iterator[Part]:
    """The parts that the prompt's words and the seed call for."""
    for part in parts:
        drawn = random.random() < part.chance  # drawn for every part: words don't move the rest
        named = not part.when or not words.isdisjoint(part.when)
        if drawn and named and words.isdisjoint(part.unless):
            yield part


def _tinted(part: Part, degrees: float) -> Part:
    color = Color(part.color.lightness, part.color.chroma, (part.color.hue + degrees) % 360)
    return replace(part, color=color)


def _turned(drawing: Drawing, random: Random) -> Affine:
    """Tilt, proportions and mirror of this seed."""
    lively = 1.0 if drawing.flip else 0.35
    tilt = drawing.tilt + lively * random.uniform(-7, 7)
    tall = 1 + lively * random.uniform(-0.07, 0.07)
    mirror = -1 if drawing.flip and random.random() < 0.35 else 1
    return scale(mirror * (2 - tall), 1).then(rotate(tilt)).then(scale(1, tall))


def _fitted(parts: tuple[Part, ...], turned: Affine, spot: Spot, room: float) -> Affine:
    left, top, right, bottom = bounds(parts, turned)
    factor = room / max(right - left, bottom - top)
    centre = translate(-(left + right) / 2, -(top + bottom) / 2)
    return translate(spot.x, spot.y).then(scale(factor, factor)).then(centre).then(turned)


def _applies(effect: Drawing, drawing: Drawing, words: frozenset[str]) -> bool:
    named = words.intersection(effect.names)
    return bool(named - drawing.handled - set(drawing.names))
