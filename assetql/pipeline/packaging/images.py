"""Decode an asset's PNG once, and encode what the presets ask for."""

import io
from functools import cached_property

from PIL import Image, UnidentifiedImageError

from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.presets import Format, Rendition
from assetql.pipeline.packaging.shelf import Facts

# Threads work on different images; inside one image they would only get in each other's way.
ENCODE: dict[Format, dict[str, int]] = {
    Format.PNG: {"compress_level": 6},
    Format.WEBP: {"quality": 86, "method": 4},
    Format.AVIF: {"quality": 72, "speed": 8, "max_threads": 1},
}


def decode(data: bytes, asset: Asset) -> Image.Image:
    """The PNG as RGBA. Raises: InvalidInput, naming the asset."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            image.load()
            return image if image.mode == "RGBA" else image.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput(
            f"The image of asset {asset.asset_id!r} ({asset.name!r}) is no readable PNG.",
            remedy="Leave it out, or generate it again.",
        ) from error


def facts_of(image: Image.Image) -> Facts:
    """Size and visible box."""
    return Facts(image.size, image.getbbox())


def trimmed(image: Image.Image, facts: Facts) -> Image.Image:
    """The image cut to its sprite."""
    return image.crop(facts.sprite)


def encode(image: Image.Image, file_format: Format) -> bytes:
    """The image in a format, with the settings of every package."""
    out = io.BytesIO()
    image.save(out, file_format.value, **ENCODE[file_format])
    return out.getvalue()


class Renderer:
    """Renders one decoded image; equal sizes are scaled once."""

    def __init__(self, data: bytes, image: Image.Image) -> None:
        self._data = data
        self._canvases = {(image.size, image.size): image}
        self._image = image

    @cached_property
    def _premultiplied(self) -> Image.Image:
        """What every scaling starts from: scaling RGBA itself would convert each time."""
        return self._image.convert("RGBa")

    def render(self, rendition: Rendition) -> bytes:
        """The file of a rendition."""
        if rendition.original:
            return self._data
        return encode(self._canvas(rendition.size, rendition.canvas), rendition.format)

    def smallest(self, side: int) -> Image.Image:
        """Of what was scaled, the smallest that is at least `side` long; else the original."""
        scaled = (i for (size, canvas), i in self._canvases.items() if size == canvas)
        enough = (image for image in scaled if max(image.size) >= side)
        return min(enough, key=lambda image: max(image.size), default=self._image)

    def _canvas(self, size: tuple[int, int], canvas: tuple[int, int]) -> Image.Image:
        if (size, canvas) not in self._canvases:
            scaled = self._image
            if size != scaled.size:
                scaled = self._premultiplied.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
                scaled = scaled.convert("RGBA")
            if canvas != size:
                padded = Image.new("RGBA", canvas)
                padded.paste(scaled, (0, 0))
                scaled = padded
            self._canvases[size, canvas] = scaled
        return self._canvases[size, canvas]
