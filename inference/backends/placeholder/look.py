"""How a style profile looks to the brush: colours pulled to its palette, outline, shading."""

from dataclasses import dataclass
from functools import cached_property

from assetql.domain.imaging import StyleConditioning
from inference.backends.placeholder.color import Color, distance, hue_gap, mix

_NEUTRAL = 0.045
_DARK = 0.36
_SAME_HUE = 34.0
_INK = Color.parse("#2a2135")


@dataclass(frozen=True)
class Look:
    """What every stroke is made with. `outline` is a share of the image's side."""

    palette: tuple[Color, ...] = ()
    outline: float = 0.014
    ink: Color = _INK
    pixel_grid: int = 0
    softness: float = 0.35
    strength: float = 0.0

    @cached_property
    def is_line_art(self) -> bool:
        """Whether the palette is one grey or black: then things are drawn as lines alone."""
        if not self.palette or max(p.chroma for p in self.palette) > _NEUTRAL:
            return False
        tones = [p.lightness for p in self.palette]
        return max(tones) - min(tones) < 0.25 and max(tones) < 0.7

    def tone(self, color: Color, *, asked: bool = False) -> Color:
        """Pull a colour into the palette, so far as the strength says; an asked hue stays."""
        if not self.palette:
            return color
        if color.lightness < _DARK and color.chroma < 2 * _NEUTRAL:
            return mix(color, self.ink, self.strength)  # eyes and keyholes stay dark
        return mix(color, self._relative(color, asked=asked), self.strength)

    def shadow(self, color: Color) -> Color:
        """The shaded side of an already toned colour."""
        return self._step(color, color.shadow(0.10 + 0.06 * self.softness))

    def highlight(self, color: Color) -> Color:
        """The lit side of an already toned colour."""
        return self._step(color, color.highlight(0.08 + 0.06 * self.softness))

    def _relative(self, color: Color, *, asked: bool) -> Color:
        near = [p for p in self.palette if self._related(color, p)]
        if not near:
            own = self._adapted(color)
            # What nobody asked for gives way to the palette, but bread must not turn scarlet.
            return own if asked else mix(own, self._nearest(color), 0.5)
        best = min(near, key=lambda p: distance(color, p))
        # Some of the own lightness stays: parts of one hue must not melt into one another.
        return best.toned(0.3 * (color.lightness - best.lightness))

    def _related(self, color: Color, other: Color) -> bool:
        if color.chroma < _NEUTRAL:
            near = abs(other.lightness - color.lightness) < 0.3
            return near and other.chroma < _NEUTRAL * 1.6
        # Brown is no dull red, nor beige a pale yellow: the chroma has to be near as well.
        alike = 0.5 < other.chroma / color.chroma < 2.2
        return alike and hue_gap(color, other) < _SAME_HUE

    def _nearest(self, color: Color) -> Color:
        return min(self.palette, key=lambda p: distance(color, p))

    def _adapted(self, color: Color) -> Color:
        """A hue that the palette lacks, at the palette's own lightness and chroma."""
        lightness, chroma = self._middle
        keep = color.chroma if color.chroma < _NEUTRAL else max(0.07, 0.4 * color.chroma)
        wanted = keep if color.chroma < _NEUTRAL else 0.4 * color.chroma + 0.6 * chroma
        lighter = 0.3 * (lightness - color.lightness)
        return Color(color.lightness + lighter, max(keep, wanted), color.hue)

    @cached_property
    def _middle(self) -> tuple[float, float]:
        count = len(self.palette)
        lively = [p.chroma for p in self.palette if p.chroma >= _NEUTRAL] or [0.03]
        return sum(p.lightness for p in self.palette) / count, sum(lively) / len(lively)

    def _step(self, base: Color, wanted: Color) -> Color:
        """A lighter or darker step: the palette's own where it has one near."""
        if not self.palette:
            return wanted
        near = self._nearest(wanted)
        fits = distance(wanted, near) < 0.11 and distance(base, near) > 0.05
        return mix(wanted, near, 0.8 * self.strength) if fits else wanted


def look_of(style: StyleConditioning) -> Look:
    """The look that a request asks for; without a palette the placeholder's own."""
    if not style.palette:
        return Look(
            outline=style.outline or Look.outline,
            ink=Color.parse(style.outline_color) if style.outline_color else _INK,
            pixel_grid=style.pixel_grid,
            softness=0.7 * (1 - style.flatness),
        )
    palette = tuple(Color.parse(p) for p in style.palette)
    darkest = min(palette, key=lambda p: p.lightness)
    ink = Color.parse(style.outline_color) if style.outline_color else darkest.toned(-0.12)
    return Look(
        palette=palette,
        outline=style.outline,
        ink=mix(_INK, ink, max(0.5, style.strength)),
        pixel_grid=style.pixel_grid,
        softness=1 - style.flatness,
        strength=style.strength,
    )
