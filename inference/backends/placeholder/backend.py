"""The placeholder as an image backend: prompt → drawing → look → PNG."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from random import Random

from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import Attribution, ImageRequest, ImageResponse
from inference.backends.placeholder import off_style
from inference.backends.placeholder.brush import VIEW, Brush
from inference.backends.placeholder.compose import Spot, place
from inference.backends.placeholder.fallback import crate
from inference.backends.placeholder.finish import finish
from inference.backends.placeholder.glyphs import attribution_of
from inference.backends.placeholder.look import Look, look_of
from inference.backends.placeholder.prompt import Reading, read
from inference.backends.placeholder.scene import WIDE, is_scene, paint_scene, paint_trio
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
        reading = read(request.prompt, request.negative_prompt, request.seed)
        drawing = reading.subject or crate(reading.initials)
        off = off_style.is_off_style(request, self._off_style_rate)
        look = off_style.off_look(request.seed) if off else look_of(request.style)
        png = finish(_painted(request, reading, drawing, look), request, off_style=off)
        return ImageResponse(
            image=b64encode(png),
            model_id=self.model_id,
            model_hash=self.model_hash,
            scheduler="none",
            seed=request.seed,
            notes=(NOTE, off_style.NOTE) if off else (NOTE,),
            attribution=_credits(drawing),
        )


def _painted(request: ImageRequest, reading: Reading, drawing: Drawing, look: Look) -> Brush:
    scenic = request.width >= WIDE * request.height and is_scene(reading)
    # Things in a landscape are half as big: an icon's outline would drown them.
    brush = Brush(replace(look, outline=0.6 * look.outline) if scenic else look)
    # By the noun, not the prompt: "red flask" and "blue flask" of one seed differ in colour alone.
    random = Random(f"{request.seed}:{drawing.key}")
    unit = VIEW / min(request.width, request.height)
    width, height = request.width * unit, request.height * unit
    if scenic:
        paint_scene(brush, reading, width, random, sky=not request.transparent)
    elif width >= WIDE * height:
        paint_trio(brush, drawing, reading, width, random)
    else:
        place(brush, drawing, reading, Spot(width / 2, height / 2, VIEW), random)
    return brush


def _credits(drawing: Drawing) -> tuple[Attribution, ...]:
    return tuple(attribution_of(glyph) for glyph in dict.fromkeys(drawing.glyphs))


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
