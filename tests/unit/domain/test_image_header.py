"""The gate before any decoder: sound still images pass, everything else is named."""

import contextlib
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assetql.domain.errors import InvalidInput
from assetql.domain.image_header import ImageHeader, ImageLimits, check_image

EXAMPLES = Path(__file__).parents[3] / "examples"
FORMATS = ("PNG", "JPEG", "WEBP")


def encoded(kind: str, size: tuple[int, int] = (40, 24), **options: object) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def frames(kind: str) -> bytes:
    images = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:])
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("payload.txt", "payload")
    return out.getvalue()


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    return png[:33] + chunk(name, body) + png[33:]


def resized(webp: bytes) -> bytes:
    return webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:]


def test_every_shipped_image_passes():
    files = [*EXAMPLES.glob("styles/*/*.png"), *EXAMPLES.glob("chat/uploads/*.png")]
    headers = {check_image(f.read_bytes(), filename=f.name) for f in files}
    assert len(files) >= 400
    assert headers == {ImageHeader("png", 256, 256)}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"lossless": True}])
def test_the_header_says_what_pillow_says(kind: str, options: dict[str, object]):
    data = encoded(kind, (40, 24), **options)
    assert check_image(data, filename="a") == ImageHeader(kind.lower(), 40, 24)
    assert check_image(io.BytesIO(data), filename="a") == ImageHeader(kind.lower(), 40, 24)


def test_webp_with_alpha_and_metadata_and_jpeg_with_exif_pass():
    exif = Image.Exif()
    exif[274] = 6
    out = io.BytesIO()
    Image.new("RGBA", (31, 17), (1, 2, 3, 4)).save(out, "WEBP", exif=exif)
    assert check_image(out.getvalue(), filename="a.webp") == ImageHeader("webp", 31, 17)
    jpeg = encoded("JPEG", (31, 17), exif=exif)
    assert check_image(jpeg, filename="a.jpg") == ImageHeader("jpeg", 31, 17)


def test_the_extension_counts_for_nothing():
    assert check_image(encoded("JPEG"), filename="photo.png").format == "jpeg"


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=40)
@given(share=st.floats(0.0, 0.999))
def test_a_file_that_is_cut_anywhere_is_refused(kind: str, share: float):
    data = encoded(kind)
    with pytest.raises(InvalidInput, match=r"'cut\.img'"):
        check_image(data[: int(len(data) * share)], filename="cut.img")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "tail",
    [archive(), b"<html><script>alert(1)</script></html>", b"%PDF-1.7\n", encoded("PNG"), b"x"],
    ids=["zip", "html", "pdf", "image", "byte"],
)
def test_what_follows_the_end_is_refused(kind: str, tail: bytes):
    with pytest.raises(InvalidInput, match="follow its end"):
        check_image(encoded(kind) + tail, filename="two.png")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_little_padding_is_no_polyglot(kind: str):
    assert check_image(encoded(kind) + b"\0" * 16, filename="a").width == 40


def test_a_document_hidden_inside_the_container_is_refused():
    png = encoded("PNG")
    for body, name in ((archive(), "ZIP"), (b"<HTML><body>", "web page"), (b"%PDF-1.4", "PDF")):
        with pytest.raises(InvalidInput, match=name):
            check_image(with_chunk(png, b"zzZz", body), filename="a.png")


def test_gifar_and_other_formats_are_named():
    with pytest.raises(InvalidInput, match=r"'a\.gif' can't be used: it is GIF") as caught:
        check_image(encoded("GIF") + archive(), filename="a.gif")
    assert "png, jpeg, webp" in caught.value.remedy
    for data, name in (
        (encoded("TIFF"), "TIFF"),
        (encoded("BMP"), "BMP"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"\x01\x02\x03", "01 02 03"),
    ):
        with pytest.raises(InvalidInput, match=name):
            check_image(data, filename="a.png")


def test_formats_can_be_narrowed():
    with pytest.raises(InvalidInput, match="WEBP"):
        check_image(encoded("WEBP"), filename="a", limits=ImageLimits(formats=("png",)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str):
    with pytest.raises(InvalidInput, match="animated"):
        check_image(frames(kind), filename="loop")


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31, 1), (20_000, 10), (8_000, 8_000)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]):
    with pytest.raises(InvalidInput, match=f"{size[0]} × {size[1]}") as caught:
        check_image(png_of(*size), filename="bomb.png")
    assert "Shrink it" in caught.value.remedy


def test_a_jpeg_of_a_thousand_scans_is_refused():
    jpeg = encoded("JPEG", (2_000, 2_000), progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xc4") : -2]  # with its table
    for scans in (10, 1_000):
        data = jpeg[:-2] + last * scans + jpeg[-2:]
        if scans == 10:
            assert check_image(data, filename="a.jpg").width == 2_000
        else:
            with pytest.raises(InvalidInput, match="more than 64 scans"):
                check_image(data, filename="a.jpg")


def test_no_pixels_at_all_is_refused():
    for width, height in ((0, 10), (10, 0)):
        with pytest.raises(InvalidInput, match=f"{width} × {height}"):
            check_image(png_of(width, height), filename="none.png")
    header = struct.pack(">IIBBBBB", 4, 4, 8, 6, 0, 0, 0)
    empty = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")
    with pytest.raises(InvalidInput, match="no pixels"):
        check_image(empty, filename="none.png")


def test_a_damaged_chunk_is_named():
    png = bytearray(encoded("PNG"))
    png[20] ^= 0xFF
    with pytest.raises(InvalidInput, match="IHDR is damaged"):
        check_image(bytes(png), filename="a.png")


def test_a_webp_that_gives_two_sizes_is_refused():
    picture = encoded("WEBP", (40, 24))[12:]
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + bytes([9, 0, 0, 9, 0, 0])
    with pytest.raises(InvalidInput, match="two different sizes"):
        check_image(resized(b"RIFF\0\0\0\0WEBP" + canvas + picture), filename="a.webp")


def test_size_and_emptiness():
    with pytest.raises(InvalidInput, match="larger than"):
        check_image(encoded("PNG"), filename="a", limits=ImageLimits(max_bytes=50))
    with pytest.raises(InvalidInput, match="empty"):
        check_image(b"", filename="a")


@settings(max_examples=300)
@given(st.sampled_from(FORMATS), st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_any_damage_is_refused_or_harmless(kind: str, at: int, noise: bytes):
    data = encoded(kind)
    at %= len(data)
    changed = data[:at] + noise + data[at + len(noise) :]
    with contextlib.suppress(InvalidInput):
        header = check_image(changed, filename="a")
        assert 0 < header.width * header.height <= ImageLimits().max_pixels
