"""Colours in OKLCh, where lightness and hue mean what people see.

Source: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

import math
from dataclasses import dataclass, replace

_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LMS_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_LAB_TO_LMS = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_WARM, _COOL = 95.0, 275.0
_Matrix = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Color:
    """One colour: lightness 0..1, chroma 0..~0.37, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def parse(cls, text: str) -> "Color":
        """Read `#rrggbb`."""
        rgb = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
        lms = _times(_TO_LMS, tuple(_linear(c) for c in rgb))
        lab = _times(_LMS_TO_LAB, tuple(math.cbrt(c) for c in lms))
        return cls.from_lab(lab)

    @classmethod
    def from_lab(cls, lab: tuple[float, ...]) -> "Color":
        """Build from OKLab coordinates."""
        light, a, b = lab
        return cls(light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)

    @property
    def lab(self) -> tuple[float, float, float]:
        """OKLab coordinates."""
        angle = math.radians(self.hue)
        return self.lightness, self.chroma * math.cos(angle), self.chroma * math.sin(angle)

    @property
    def hex(self) -> str:
        """Write as `#rrggbb`, chroma lowered until it fits sRGB."""
        rgb = self._rgb()
        color = self
        while color.chroma > 0.005 and any(c < -0.002 or c > 1.002 for c in rgb):
            color = replace(color, chroma=color.chroma * 0.93)
            rgb = color._rgb()
        return "#" + "".join(f"{round(255 * _gamma(c)):02x}" for c in rgb)

    def _rgb(self) -> tuple[float, ...]:
        return _times(_TO_RGB, tuple(c**3 for c in _times(_LAB_TO_LMS, self.lab)))

    def toned(self, lighter: float = 0.0, chroma: float = 1.0) -> "Color":
        """Shift lightness by `lighter` and scale the chroma."""
        lightness = min(1.0, max(0.0, self.lightness + lighter))
        return replace(self, lightness=lightness, chroma=min(0.32, self.chroma * chroma))

    def shadow(self, depth: float = 0.13) -> "Color":
        """The colour out of the light: darker, and a little cooler."""
        return self._leaning(_COOL, 9).toned(-depth * (0.55 + 0.6 * self.lightness), 1.04)

    def highlight(self, depth: float = 0.11) -> "Color":
        """The colour in the light: lighter, and a little warmer."""
        return self._leaning(_WARM, 8).toned(depth, 0.92)

    def _leaning(self, towards: float, degrees: float) -> "Color":
        gap = (towards - self.hue + 180) % 360 - 180
        return replace(self, hue=(self.hue + max(-degrees, min(degrees, gap))) % 360)


def mix(one: Color, other: Color, share: float) -> Color:
    """`share` of `other` in `one`, straight through OKLab."""
    return Color.from_lab(
        tuple(a + (b - a) * share for a, b in zip(one.lab, other.lab, strict=True))
    )


def hue_gap(one: Color, other: Color) -> float:
    """Degrees between two hues, 0..180."""
    return abs((one.hue - other.hue + 180) % 360 - 180)


def distance(one: Color, other: Color) -> float:
    """Euclidean distance in OKLab: about 0.02 is just noticeable."""
    return math.dist(one.lab, other.lab)


def _times(matrix: _Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _gamma(c: float) -> float:
    c = min(1.0, max(0.0, c))
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055
