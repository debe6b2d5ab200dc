"""The placeholder as an image backend: prompt → drawing → look → PNG."""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from random import Random

from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import Attribution, ImageRequest, ImageResponse
from inference.backends.placeholder import line_art, off_style, raster
from inference.backends.placeholder.brush import VIEW, Brush
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.compose import Spot, place
from inference.backends.placeholder.fallback import crate
from inference.backends.placeholder.glyphs import attribution_of
from inference.backends.placeholder.look import Look, look_of
from inference.backends.placeholder.prompt import Reading, read
from inference.backends.placeholder.template import Drawing

NOTE = "placeholder: a built-in drawing picked by the prompt's words; no image model was used"


class PlaceholderBackend:
    """Draws what the prompt names. `off_style_rate`: the share of images that miss the style."""

    model_id = "placeholder"

    def __init__(self, off_style_rate: float = 0.08) -> None:
        """Raises: InvalidInput for a rate outside 0..1."""
        if not 0 <= off_style_rate <= 1:
            raise InvalidInput(
                f"off_style_rate is {off_style_rate}.", remedy="Give a share from 0 to 1."
            )
        self._off_style_rate = off_style_rate

    @property
    def model_hash(self) -> str:
        """sha256 over this package's own sources and drawings."""
        return _own_hash()

    def generate(self, request: ImageRequest) -> ImageResponse:
        """Draw one image; equal requests give equal bytes."""
        reading = read(request.prompt, request.negative_prompt)
        drawing = reading.subject or crate(reading.initials)
        off = off_style.is_off_style(request.seed, request.prompt, self._off_style_rate)
        look = off_style.off_look(request.seed) if off else look_of(request.style)
        pixels = _drawn(request, reading, drawing, look)
        if off:
            pixels = off_style.spoiled(pixels, request.seed)
        return ImageResponse(
            image=b64encode(raster.png(pixels)),
            model_id=self.model_id,
            model_hash=self.model_hash,
            scheduler="none",
            seed=request.seed,
            notes=(NOTE, off_style.NOTE) if off else (NOTE,),
            attribution=_credits(drawing),
        )


def _drawn(request: ImageRequest, reading: Reading, drawing: Drawing, look: Look) -> raster.Pixels:
    brush = Brush(look)
    # By the noun, not the prompt: "red flask" and "blue flask" of one seed differ in colour alone.
    random = Random(f"{request.seed}:{drawing.key}")
    width, height = request.width, request.height
    unit = VIEW / min(width, height)
    place(brush, drawing, reading, Spot(width * unit / 2, height * unit / 2, VIEW), random)
    pixels = _rasterised(brush, width, height)
    if request.transparent:
        return pixels
    return raster.over(pixels, *_backdrop(look))


def _rasterised(brush: Brush, width: int, height: int) -> raster.Pixels:
    look = brush.look
    if look.is_line_art:
        return _line_art(brush, width, height)
    if not look.pixel_grid:
        return raster.render(brush.svg(width, height))
    size = raster.cells(width, height, look.pixel_grid)
    fine = raster.render(brush.svg(*raster.supersampled(size)))
    cell = raster.to_cells(fine, brush.seen)
    if look.outline:
        cell = raster.outlined(cell, look.ink.hex, max(1, round(look.outline * look.pixel_grid)))
    return raster.enlarged(cell, width, height)


def _line_art(brush: Brush, width: int, height: int) -> raster.Pixels:
    look = brush.look
    ink = look.palette[0]
    if not look.pixel_grid:
        line = max(1, round((look.outline or 0.03) * min(width, height)))
        return line_art.inked(raster.render(brush.svg(width, height)), ink, line)
    cell = raster.render(brush.svg(*raster.cells(width, height, look.pixel_grid)))
    return raster.enlarged(line_art.inked(cell, ink, 1), width, height)


def _backdrop(look: Look) -> tuple[Color, Color]:
    base = max(look.palette, key=lambda p: p.lightness) if look.palette else look.ink
    soft = base.toned(0.93 - base.lightness, 0.35)
    return soft, soft.toned(-0.08, 1.5)


def _credits(drawing: Drawing) -> tuple[Attribution, ...]:
    return (attribution_of(drawing.glyph),) if drawing.glyph else ()


@cache
def _own_hash() -> str:
    digest = hashlib.sha256()
    for file in _sources(files("inference.backends.placeholder")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    """Every .py and .svg under a folder, in a stable order."""
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _sources(entry)
        elif entry.name.endswith((".py", ".svg")):
            found.append(entry)
    return found
