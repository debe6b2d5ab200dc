"""Thumbnails: a small PNG of a large one."""

import io

from PIL import Image, UnidentifiedImageError

from assetql.domain.errors import InvalidInput

_STRIP = 128  # rows reduced at a time: what is in work stays in the processor's cache


def make_thumbnail(png: bytes, side: int = 256) -> bytes:
    """A PNG that fits in `side` × `side` pixels, in proportion; never enlarged.

    An image that fits already is given back as it is. Raises: InvalidInput for no readable PNG.
    """
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            if max(image.size) <= side:
                return png
            image.load()
            small = shrink(image if image.mode == "RGBA" else image.convert("RGBA"), side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("The image is no readable PNG.", remedy="Generate it again.") from error
    out = io.BytesIO()
    small.save(out, "png", compress_level=3)
    return out.getvalue()


def shrink(image: Image.Image, side: int) -> Image.Image:
    """An RGBA image that fits in `side` × `side` pixels, from a larger RGBA one.

    Averaged by the largest whole factor that stays above `side`, then resampled to it.
    """
    longest = max(image.size)
    size = (_scaled(image.width, side, longest), _scaled(image.height, side, longest))
    small = _reduce(image, longest // side)
    if small.size != size:
        small = small.resize(size, Image.Resampling.BICUBIC)
    return small.convert("RGBA")


def _scaled(length: int, side: int, longest: int) -> int:
    return max(1, round(length * side / longest))


def _reduce(image: Image.Image, factor: int) -> Image.Image:
    """The mean of each `factor` × `factor` pixels, weighted by alpha; mode RGBa (premultiplied)."""
    small = Image.new("RGBa", (-(-image.width // factor), -(-image.height // factor)))
    box = image.getbbox()
    if box is None:
        return small
    left, top = box[0] // factor * factor, box[1] // factor * factor
    right = min(image.width, -(-box[2] // factor) * factor)
    step = max(1, _STRIP // factor) * factor
    for y in range(top, box[3], step):
        strip = image.crop((left, y, right, min(image.height, y + step)))
        small.paste(strip.convert("RGBa").reduce(factor), (left // factor, y // factor))
    return small
