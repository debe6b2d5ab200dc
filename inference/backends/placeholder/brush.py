"""Paints parts as SVG: outline behind, then fill, shade, rim light and inner line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inference.backends.placeholder.affine import Affine, parse, translate
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.look import Look
from inference.backends.placeholder.prompt import Asked
from inference.backends.placeholder.template import Part

_LIGHT_ONLY = {"shine", "bubble", "glow", "half", "flour", "glaze", "clump", "puff", "brick"}
_TOO_SMALL_TO_SHADE = 11.0  # view units
VIEW = 256.0  # units along the shorter side of every canvas
_SOFT = (
    '<linearGradient id="soft" x1="0.1" y1="0" x2="0.7" y2="1">'
    '<stop offset="0" stop-color="#fff" stop-opacity=".55"/>'
    '<stop offset=".45" stop-color="#fff" stop-opacity="0"/>'
    '<stop offset="1" stop-color="#140a2a" stop-opacity=".45"/></linearGradient>'
)


@dataclass
class Brush:
    """Collects one image's markup. `seen` holds every solid colour that was laid down."""

    look: Look
    seen: set[str] = field(default_factory=set[str])
    _numbers: int = 0
    _defs: list[str] = field(default_factory=lambda: [_SOFT])
    _body: list[str] = field(default_factory=list[str])

    def paint(self, parts: Iterable[Part], matrix: Affine, asked: Mapping[str, Asked]) -> None:
        """Paint one drawing; `asked` overrides the parts' own colours by slot."""
        if self.look.is_line_art:
            self._body += [self._numbered(part, matrix) for part in parts]
            return
        chosen = [(part, self._color(part, asked.get(part.slot))) for part in parts]
        if self.look.outline and not self.look.pixel_grid:
            self._body += [self._contour(p, matrix) for p, _ in chosen if not p.flat]
        for part, color in chosen:
            self._body.append(self._fill(part, matrix, color))

    def _color(self, part: Part, asked: Asked | None) -> Color:
        if asked is None:
            return self.look.tone(part.color)
        return self.look.tone(asked.color, asked=not asked.material)

    def band(self, top: float, height: float, width: float, color: Color) -> None:
        """A plain band across the canvas; half a unit taller, so that none shows through."""
        size = f'width="{width:.2f}" height="{height + 0.5:.2f}"'
        self._body.append(f'<rect x="0" y="{top:.2f}" {size} fill="{self._seen(color)}"/>')

    def svg(self, width: int, height: int) -> str:
        """The finished document, `width` × `height` pixels."""
        side = VIEW / min(width, height)
        view = f"0 0 {width * side:.3f} {height * side:.3f}"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        defs = "".join(self._defs)
        head += ' shape-rendering="crispEdges"' if self.look.is_line_art else ""
        return f'{head} viewBox="{view}"><defs>{defs}</defs>{"".join(self._body)}</svg>'

    def _numbered(self, part: Part, matrix: Affine) -> str:
        """A part in a colour of its own, so that lines can be drawn where parts meet."""
        if part.slot in _LIGHT_ONLY:
            return ""
        self._numbers += 1
        # Solid ink for dark details and lines: an eye is no outline. Blue tells which.
        dark = part.flat and part.opacity == 1 and part.color.lightness < 0.6
        ink = 255 if dark or part.stroke else 0
        paint = f"#{self._numbers * 37 % 256:02x}{self._numbers:02x}{ink:02x}"
        if part.stroke:
            return _shape(
                part, matrix, f'fill="none" stroke="{paint}" stroke-width="{part.stroke}"'
            )
        return _shape(part, matrix, f'fill="{paint}"')

    def _contour(self, part: Part, matrix: Affine) -> str:
        width = part.stroke + 2 * self.look.outline * VIEW / _factor(part, matrix)
        fill = "none" if part.stroke else self.look.ink.hex
        return _shape(part, matrix, f'fill="{fill}" {self._line(width)}')

    def _fill(self, part: Part, matrix: Affine, color: Color) -> str:
        paint = self._seen(color)
        # On the paint, not the element: an element's opacity costs the renderer a layer.
        opacity = f' fill-opacity="{part.opacity:g}"' if part.opacity < 1 else ""
        if part.stroke:
            line = f'stroke-width="{part.stroke:g}" stroke-linecap="round" stroke-linejoin="round"'
            return _shape(part, matrix, f'fill="none" stroke="{paint}" {line}')
        if part.flat:
            return _shape(part, matrix, f'fill="{paint}"{opacity}')
        if _side(part, matrix) < _TOO_SMALL_TO_SHADE:
            return _shape(part, matrix, f'fill="{paint}"') + self._inner_line(part, matrix)
        return self._shaded(part, matrix, color) + self._inner_line(part, matrix)

    def _shaded(self, part: Part, matrix: Affine, color: Color) -> str:
        """Crescents of shadow and light: the shape over itself, moved against the light."""
        shift = _depth(part, matrix)
        clip = f"c{len(self._defs)}"
        self._defs.append(f'<clipPath id="{clip}">{_shape(part, matrix, "")}</clipPath>')
        moved = translate(-0.75 * shift, -shift).then(matrix)
        inset = translate(0.34 * shift, 0.42 * shift).then(matrix)
        factor = _factor(part, matrix)
        rim = f'fill="none" stroke="{self._seen(self.look.highlight(color))}"'
        layers = [
            _shape(part, matrix, f'fill="{self._seen(self.look.shadow(color))}"'),
            _shape(part, moved, f'fill="{self._seen(color)}"'),
            _shape(part, inset, f'{rim} stroke-width="{0.5 * shift / factor:.2f}"'),
        ]
        if self.look.softness > 0.15 and not self.look.pixel_grid:
            layers.append(
                _shape(part, matrix, f'fill="url(#soft)" fill-opacity="{self.look.softness:.2f}"')
            )
        return f'<g clip-path="url(#{clip})">{"".join(layers)}</g>'

    def _inner_line(self, part: Part, matrix: Affine) -> str:
        if not self.look.outline or self.look.pixel_grid:
            return ""
        width = 0.55 * self.look.outline * VIEW / _factor(part, matrix)
        return _shape(part, matrix, f'fill="none" {self._line(width)}')

    def _line(self, width: float) -> str:
        line = f'stroke="{self._seen(self.look.ink)}" stroke-width="{width:.2f}"'
        return f'{line} stroke-linejoin="round" stroke-linecap="round"'

    def _seen(self, color: Color) -> str:
        text = color.hex
        self.seen.add(text)
        return text


def _shape(part: Part, matrix: Affine, attributes: str) -> str:
    return f'{part.markup} {attributes} transform="{matrix} {part.transform}"/>'


def _factor(part: Part, matrix: Affine) -> float:
    return matrix.then(parse(part.transform)).scale


def _depth(part: Part, matrix: Affine) -> float:
    """How far the shade reaches in: a share of the part's smaller side."""
    return max(1.5, min(13.0, 0.16 * _side(part, matrix)))


def _side(part: Part, matrix: Affine) -> float:
    """The part's smaller side, in view units."""
    left, top, right, bottom = part.box
    return min(right - left, bottom - top) * _factor(part, matrix)
