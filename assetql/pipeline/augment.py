"""Variants of one reference that keep its style: what stands in where there are only one or two."""

from collections.abc import Iterator

from PIL import Image, ImageOps

_ANGLES = (-8, 8)
_ZOOMS = (0.85, 0.7)


def augmented(image: Image.Image) -> Iterator[Image.Image]:
    """Mirrored, tilted and cropped copies of an RGBA image, each of its size, one at a time."""
    yield ImageOps.mirror(image)
    for angle in _ANGLES:
        yield image.rotate(angle, Image.Resampling.BICUBIC)
    for zoom in _ZOOMS:
        yield _zoomed(image, zoom)


def _zoomed(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    left, top = width * (1 - share) / 2, height * (1 - share) / 2
    box = (left, top, width - left, height - top)
    return image.resize(image.size, Image.Resampling.BICUBIC, box=box)
