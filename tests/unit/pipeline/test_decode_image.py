"""Untrusted bytes to upright RGBA pixels."""

import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from PIL import Image

from assetql.domain.errors import InvalidInput
from assetql.domain.image_header import ImageLimits
from assetql.pipeline.decode import decode_image, decoded


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        *(("WEBP", mode) for mode in ("L", "RGB", "RGBA")),
    ],
)
def test_every_mode_becomes_rgba(kind: str, mode: str):
    data = saved(Image.new(mode, (12, 8)), kind)
    image = decode_image(data, filename="a")
    assert (image.mode, image.size) == ("RGBA", (12, 8))


def test_alpha_survives():
    data = saved(Image.new("RGBA", (4, 4), (10, 20, 30, 40)), "PNG")
    assert decode_image(io.BytesIO(data), filename="a").getpixel((0, 0)) == (10, 20, 30, 40)


def test_sixteen_bit_grey_keeps_its_shades():
    image = Image.new("I;16", (2, 1), 0x8080)
    image.putpixel((0, 0), 0xFFFF)
    shades = decode_image(saved(image, "PNG"), filename="a")
    assert [shades.getpixel((x, 0)) for x in (0, 1)] == [(255,) * 4, (128, 128, 128, 255)]


def test_exif_orientation_is_applied():
    exif = Image.Exif()
    exif[274] = 6  # turned by 90° clockwise
    image = Image.new("RGB", (16, 8), "white")
    image.paste("black", (0, 0, 8, 8))
    upright = decode_image(saved(image, "PNG", exif=exif), filename="a.png")
    assert upright.size == (8, 16)
    assert upright.getpixel((4, 2)) == (0, 0, 0, 255)


def test_pixels_that_cannot_be_decoded_are_refused():
    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 6, 0, 0, 0))
    for pixels in (b"not deflate", zlib.compress(b"too few")):
        data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
        with pytest.raises(InvalidInput, match=r"'a\.png'") as caught:
            decode_image(data, filename="a.png")
        assert caught.value.remedy


def test_the_limit_is_ours_and_not_pillows():
    data = saved(Image.new("1", (9_500, 9_500)), "PNG")  # Pillow would warn
    with pytest.raises(InvalidInput, match="9500 × 9500"):
        decode_image(data, filename="a.png")


def test_callers_together_hold_two_decoded_images_at_most():
    data, lock = saved(Image.new("RGB", (8, 8)), "PNG"), Lock()
    held = most = 0

    def hold(_: int) -> None:
        nonlocal held, most
        with decoded(data, filename="a", limits=ImageLimits()):
            with lock:
                held += 1
                most = max(most, held)
            time.sleep(0.02)
            with lock:
                held -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hold, range(8)))
    assert most == 2


def test_an_image_that_is_refused_leaves_room_for_the_next():
    for _ in range(3):
        with (
            pytest.raises(InvalidInput),
            decoded(b"none", filename="a", limits=ImageLimits()),
        ):
            pass
    with decoded(saved(Image.new("L", (2, 2)), "PNG"), filename="a", limits=ImageLimits()) as it:
        assert it.size == (2, 2)
