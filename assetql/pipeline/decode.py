"""Checked bytes to pixels."""

import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from assetql.domain.errors import InvalidInput
from assetql.domain.image_header import ImageLimits, check_image, read_image

_ROOM = BoundedSemaphore(2)  # 40 megapixels, the most that is taken, need some 300 MB


@contextmanager
def decoded(
    data: bytes | BinaryIO, *, filename: str, limits: ImageLimits
) -> Generator[Image.Image]:
    """What `decode_image` returns, for a block that holds on to nothing as large.

    Two blocks of a process run at once, so that callers together can't take all of its memory.
    """
    with _ROOM:
        yield decode_image(data, filename=filename, limits=limits)


def decode_image(
    data: bytes | BinaryIO, *, filename: str, limits: ImageLimits | None = None
) -> Image.Image:
    """An untrusted image as RGBA pixels, upright.

    Raises: InvalidInput where the file is refused before decoding or can't be decoded.
    """
    limits = limits or ImageLimits()
    raw = read_image(data, filename=filename, limits=limits)
    header = check_image(raw, filename=filename, limits=limits)
    try:
        with warnings.catch_warnings():
            # The pixel limit is ours and has been checked; a warning would only say it again.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _pixels(raw, header.format)
    except (
        OSError,
        SyntaxError,  # Pillow's word for a broken PNG
        ValueError,
        struct.error,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise InvalidInput(
            f"Image {filename!r} can't be decoded: {error}.",
            remedy="Save it anew from an image editor.",
        ) from error


def _pixels(raw: bytes, kind: str) -> Image.Image:
    with Image.open(BytesIO(raw), formats=(kind.upper(),)) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # 16-bit grey, which convert() would clip at 255
            upright = upright.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")
        return upright.convert("RGBA")
