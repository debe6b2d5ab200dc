"""Drawings kept as SVG files: any editor opens them, and the brush repaints their parts.

On the root: `data-names` (the nouns), `data-main` (the part that a bare colour paints),
`data-shape` (words that choose this drawing among those of one noun), `data-tilt` (degrees),
`data-flip="no"`, `data-place` (effects: behind or front). On a part: `class` (its name, then other
words for it), `fill` or `stroke` (its own colour), `data-when` / `data-unless` (words of the
prompt), `data-chance` (share of seeds that have it), `data-flat` (no shading).
"""

import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from xml.etree import ElementTree as ET  # our own files, never a request's text

from inference.backends.placeholder.color import Color

_SHAPES = {"path", "circle", "ellipse", "rect", "polygon"}
_NUMBER = re.compile(r"-?\d*\.?\d+")
_GEOMETRY = ("d", "points", "cx", "cy", "r", "rx", "ry", "x", "y", "width", "height")
_ROUND = [(math.cos(math.pi * i / 6), math.sin(math.pi * i / 6)) for i in range(12)]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """One shape: `markup` without colour and transform, `points` its control points."""

    slot: str
    aliases: tuple[str, ...]
    markup: str
    color: Color
    transform: str
    points: tuple[Point, ...]
    stroke: float = 0.0
    opacity: float = 1.0
    flat: bool = False
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    chance: float = 1.0

    @property
    def box(self) -> Box:
        """Bounds before `transform`."""
        xs, ys = zip(*self.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One subject (or effect) as its parts, back to front."""

    key: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    main: str = ""
    shape: tuple[str, ...] = ()
    tilt: float = 0.0
    flip: bool = True
    place: str = "front"
    glyphs: tuple[str, ...] = ()

    @property
    def handled(self) -> frozenset[str]:
        """Words that this drawing shows by itself: of its parts, and what changes them."""
        return frozenset(
            word
            for part in self.parts
            for word in (part.slot, *part.aliases, *part.when, *part.unless)
        )


@cache
def subjects() -> dict[str, Drawing]:
    """Every built-in subject by key."""
    return _folder("subjects")


@cache
def effects() -> dict[str, Drawing]:
    """Every effect (glow, flames, cracks) by key."""
    return _folder("effects")


def _folder(name: str) -> dict[str, Drawing]:
    folder = files("inference.backends.placeholder") / name
    svgs = sorted((f for f in folder.iterdir() if f.name.endswith(".svg")), key=lambda f: f.name)
    return {f.name.removesuffix(".svg"): _read(f) for f in svgs}


def _read(file: Traversable) -> Drawing:
    root = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - shipped with the package
    key = file.name.removesuffix(".svg")
    parts = tuple(_parts(root, {"class": "body", "fill": "#8a8f98"}))
    return Drawing(
        key=key,
        names=tuple(n.strip() for n in root.get("data-names", key).split("|")),
        parts=parts,
        main=root.get("data-main", parts[0].slot),
        shape=_words(root.get("data-shape")),
        tilt=float(root.get("data-tilt", "0")),
        flip=root.get("data-flip") != "no",
        place=root.get("data-place", "front"),
    )


def _parts(node: ET.Element, inherited: dict[str, str]) -> list[Part]:
    parts: list[Part] = []
    for child in node:
        tag = child.tag.rpartition("}")[2]
        given = {**inherited, **child.attrib}
        turns = (inherited.get("transform", ""), child.get("transform", ""))
        given["transform"] = " ".join(turn for turn in turns if turn)
        if tag == "g":
            parts += _parts(child, {k: v for k, v in given.items() if k not in _GEOMETRY})
        elif tag in _SHAPES:
            parts.append(_part(tag, child, given))
    return parts


def _part(tag: str, shape: ET.Element, given: dict[str, str]) -> Part:
    slot, *aliases = given["class"].split()
    line = given["fill"] == "none"
    geometry = " ".join(f'{k}="{shape.attrib[k]}"' for k in _GEOMETRY if k in shape.attrib)
    return Part(
        slot=slot,
        aliases=tuple(aliases),
        markup=f"<{tag} {geometry}",
        color=Color.parse(given["stroke"] if line else given["fill"]),
        transform=given["transform"],
        points=_points(shape),
        stroke=float(given.get("stroke-width", "4")) if line else 0.0,
        opacity=float(given.get("opacity", "1")),
        flat="data-flat" in given,
        when=_words(given.get("data-when")),
        unless=_words(given.get("data-unless")),
        chance=float(given.get("data-chance", "1")),
    )


def _points(shape: ET.Element) -> tuple[Point, ...]:
    """Control points; the paths of the drawings are absolute, without H, V and A."""
    number = {k: float(v) for k, v in shape.attrib.items() if k in _GEOMETRY[2:]}
    if "cx" in number:
        rx, ry = number.get("rx", number.get("r", 0)), number.get("ry", number.get("r", 0))
        return tuple((number["cx"] + rx * x, number["cy"] + ry * y) for x, y in _ROUND)
    if "width" in number:
        x, y = number.get("x", 0), number.get("y", 0)
        return tuple(
            (x + dx, y + dy) for dx in (0, number["width"]) for dy in (0, number["height"])
        )
    numbers = [float(n) for n in _NUMBER.findall(shape.get("d") or shape.get("points") or "")]
    return tuple(zip(numbers[0::2], numbers[1::2], strict=True))


def _words(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())
