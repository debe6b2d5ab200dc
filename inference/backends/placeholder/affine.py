"""Just enough of SVG transforms to know where a part ends up."""

import math
import re
from dataclasses import dataclass

from inference.backends.placeholder.template import Box, Part, Point

_CALL = re.compile(r"(\w+)\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a·x + c·y + e, y' = b·x + d·y + f, as in SVG's `matrix()`."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, o: "Affine") -> "Affine":
        """`o` applied first, `self` after it: the order in which SVG writes them."""
        return Affine(
            self.a * o.a + self.c * o.b,
            self.b * o.a + self.d * o.b,
            self.a * o.c + self.c * o.d,
            self.b * o.c + self.d * o.d,
            self.a * o.e + self.c * o.f + self.e,
            self.b * o.e + self.d * o.f + self.f,
        )

    def at(self, point: Point) -> Point:
        """Where a point goes."""
        x, y = point
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def scale(self) -> float:
        """The mean factor of lengths."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c)) or 1.0

    def __str__(self) -> str:
        values = (self.a, self.b, self.c, self.d, self.e, self.f)
        return f"matrix({' '.join(f'{v:.4f}' for v in values)})"


def translate(x: float, y: float) -> Affine:
    """Move by (x, y)."""
    return Affine(e=x, f=y)


def scale(x: float, y: float) -> Affine:
    """Stretch along the axes."""
    return Affine(a=x, d=y)


def rotate(degrees: float, x: float = 0.0, y: float = 0.0) -> Affine:
    """Turn clockwise (y points down) about (x, y)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = Affine(cos, sin, -sin, cos)
    return translate(x, y).then(turn).then(translate(-x, -y))


def parse(text: str) -> Affine:
    """Read a `transform` attribute of translate, scale, rotate and matrix."""
    result = Affine()
    for name, arguments in _CALL.findall(text):
        values = [float(v) for v in re.split(r"[\s,]+", arguments.strip())]
        result = result.then(_call(name, values))
    return result


def _call(name: str, values: list[float]) -> Affine:
    if name == "translate":
        return translate(values[0], values[1] if len(values) > 1 else 0.0)
    if name == "scale":
        return scale(values[0], values[-1])
    if name == "rotate":
        return rotate(*values)
    return Affine(*values)


def bounds(parts: tuple[Part, ...], matrix: Affine) -> Box:
    """Bounds of the solid parts once transformed; glows and shines don't count."""
    solid = [p for p in parts if not p.flat or p.stroke] or list(parts)
    turns = [(part, matrix.then(parse(part.transform))) for part in solid]
    xs, ys = zip(*(turn.at(point) for part, turn in turns for point in part.points), strict=True)
    return min(xs), min(ys), max(xs), max(ys)
