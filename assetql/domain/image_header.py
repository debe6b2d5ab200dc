"""What an image file claims to be, read from its bytes alone: the gate before any decoder.

The whole container is walked, so that a file that is cut short, that holds an animation, or that
goes on behind its end (a ZIP, a page, a second image) is refused without decoding a pixel.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from assetql.domain.asset_list.limits import MIB, shown
from assetql.domain.errors import InvalidInput

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PADDING = b"\0\r\n\t "  # some writers pad the end; it can hide nothing
_MOST_PADDING = 4_096
_KNOWN = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"\0\0\1\0", "ICO"),
)
_OTHER_STARTS = (
    (b"%pdf-", "a PDF"),
    (b"<html", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<script", "a web page"),
    (b"<?php", "a script"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """What may be decoded."""

    max_bytes: int = 20 * MIB
    max_pixels: int = 40_000_000
    max_side: int = 16_384
    formats: tuple[str, ...] = ("png", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """`format` is png, jpeg or webp; sides in pixels as stored, before any EXIF orientation."""

    format: str
    width: int
    height: int


class _Damaged(Exception):
    """What is wrong with the container."""


def check_image(
    data: bytes | BinaryIO, *, filename: str, limits: ImageLimits | None = None
) -> ImageHeader:
    """The header of a sound still image. The extension of `filename` counts for nothing.

    Raises: InvalidInput naming the file, what is wrong and the remedy.
    """
    limits = limits or ImageLimits()
    raw = read_image(data, filename=filename, limits=limits)
    kind = _format_of(raw)
    if kind is None or kind not in limits.formats:
        raise _refused(
            filename,
            f"it is {_described(raw) if kind is None else kind.upper()}",
            f"Save it as one of: {', '.join(limits.formats)}.",
        )
    try:
        header = ImageHeader(kind, *_WALKS[kind](raw))
    except _Damaged as error:
        raise _refused(filename, str(error), "Save it anew from an image editor.") from error
    except (struct.error, IndexError) as error:
        raise _refused(filename, "it is cut short", "Export or upload it again.") from error
    if other := _second_nature(raw):
        raise _refused(filename, f"it is {other} as well", "Save it anew from an image editor.")
    _check_sides(header, filename, limits)
    return header


def read_image(data: bytes | BinaryIO, *, filename: str, limits: ImageLimits) -> bytes:
    """All bytes of a file, of which no more than the limit are read. Raises: InvalidInput."""
    raw = data if isinstance(data, bytes) else data.read(limits.max_bytes + 1)
    if not raw:
        raise _refused(filename, "it is empty", "Upload it again.")
    if len(raw) > limits.max_bytes:
        most = f"{limits.max_bytes / MIB:g} MiB"
        raise _refused(filename, f"it is larger than {most}", f"Shrink it below {most}.")
    return raw


def _refused(filename: str, reason: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"Image {shown(filename)!r} can't be used: {reason}.", remedy=remedy)


def _format_of(raw: bytes) -> str | None:
    if raw.startswith(_PNG):
        return "png"
    if raw.startswith(_JPEG):
        return "jpeg"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "webp"
    return None


def _described(raw: bytes) -> str:
    for magic, name in _KNOWN:
        if raw.startswith(magic):
            return name
    return f"of an unknown format (it begins with {raw[:8].hex(' ')})"


def _check_sides(header: ImageHeader, filename: str, limits: ImageLimits) -> None:
    width, height = header.width, header.height
    size = f"{width} × {height} pixels"
    if not width or not height:
        raise _refused(filename, f"it says that it has {size}", "Save it anew.")
    if max(width, height) > limits.max_side:
        remedy = f"Shrink it to sides of at most {limits.max_side:,} pixels."
        raise _refused(filename, f"it says that it has {size}", remedy)
    if width * height > limits.max_pixels:
        remedy = f"Shrink it to at most {limits.max_pixels:,} pixels in all."
        raise _refused(filename, f"it says that it has {size}", remedy)


def _second_nature(raw: bytes) -> str | None:
    """What else a lenient reader would take a whole image for, wherever it is hidden."""
    start = raw[:1024].lower()
    for mark, name in _OTHER_STARTS:
        if mark in start:
            return name
    # A ZIP is found from its end: by this record, the number of the disk being 0.
    at = raw.rfind(b"PK\5\6\0\0\0\0", max(0, len(raw) - 65_557))
    return "a ZIP" if 0 <= at <= len(raw) - 22 else None


def _end_at(raw: bytes, end: int) -> None:
    """Nothing but a little padding may follow the image."""
    if end > len(raw):
        raise _Damaged("it is cut short")
    rest = raw[end:]
    if len(rest) > _MOST_PADDING or rest.strip(_PADDING):
        raise _Damaged(f"{len(rest):,} bytes that are no part of the image follow its end")


def _png(raw: bytes) -> tuple[int, int]:
    sides, names = (0, 0), list[bytes]()
    for name, body, end in _png_chunks(raw):
        if not names:
            if name != b"IHDR" or len(body) != 13:
                raise _Damaged("its first chunk is no PNG header")
            sides = struct.unpack_from(">II", body)
        if name == b"acTL":
            raise _Damaged("it is animated (APNG)")
        names.append(name)
        if name == b"IEND":
            _end_at(raw, end)
            break
    if names[-1:] != [b"IEND"]:
        raise _Damaged("it is cut short")
    if b"IDAT" not in names:
        raise _Damaged("it has no pixels")
    return sides


def _png_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    at = len(_PNG)
    while at < len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + length
        if end > len(raw):
            raise _Damaged("it is cut short")
        (checksum,) = struct.unpack_from(">I", raw, end - 4)
        if zlib.crc32(raw[at + 4 : end - 4]) != checksum:
            raise _Damaged(f"its chunk {shown(name.decode('latin-1'))} is damaged")
        yield name, raw[at + 8 : end - 4], end
        at = end


# Markers that are followed by no length: TEM, RST0 to RST7, SOI.
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SCANS = 64  # each goes over the whole image; those that encoders write have a dozen
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(raw: bytes) -> tuple[int, int]:
    """Marker by marker; the entropy-coded data is skipped by looking for the next marker."""
    at, sides, scans = 2, None, 0
    while True:
        at, marker = _jpeg_marker(raw, at)
        if marker == 0xD9:
            break
        if marker in _BARE:
            continue
        (length,) = struct.unpack_from(">H", raw, at)
        if length < 2 or at + length > len(raw):
            raise _Damaged("it is cut short")
        if marker in _FRAMES and sides is None:
            height, width = struct.unpack_from(">HH", raw, at + 3)
            sides = width, height
        at += length
        if marker == 0xDA:
            scans += 1
            at = _after_scan(raw, at, number=scans)
    if sides is None or not scans:
        raise _Damaged("it has no pixels")
    _end_at(raw, at)
    return sides


def _jpeg_marker(raw: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, fill bytes skipped, and the position behind it."""
    if raw[at] != 0xFF:
        raise _Damaged("it is damaged between two segments")
    while raw[at] == 0xFF:
        at += 1
    return at + 1, raw[at]


def _after_scan(raw: bytes, at: int, *, number: int) -> int:
    """The position of the first marker that is no part of the scan."""
    if number > _MOST_SCANS:
        raise _Damaged(f"it has more than {_MOST_SCANS} scans")
    while True:
        at = raw.find(b"\xff", at)
        if at < 0 or at + 1 >= len(raw):
            raise _Damaged("it is cut short")
        if raw[at + 1] != 0 and not 0xD0 <= raw[at + 1] <= 0xD7:
            return at
        at += 2


def _webp(raw: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", raw, 4)
    end = 8 + length + length % 2
    _end_at(raw, 8 + length if len(raw) == 8 + length else end)
    sides, pictures, at = None, 0, 12
    while at < 8 + length:
        name, size = struct.unpack_from("<4sI", raw, at)
        if at + 8 + size > 8 + length:
            raise _Damaged("it is cut short")
        body = raw[at + 8 : at + 8 + size]
        if name in {b"ANIM", b"ANMF"}:
            raise _Damaged("it is animated (WebP)")
        if name in _WEBP_SIDES:
            found = _WEBP_SIDES[name](body)
            if sides not in {None, found}:
                raise _Damaged("it gives two different sizes")
            sides = found
            pictures += name != b"VP8X"
        at += 8 + size + size % 2
    if sides is None or pictures != 1:
        raise _Damaged("it has no pixels" if not pictures else "it holds several pictures")
    return sides


def _vp8(body: bytes) -> tuple[int, int]:
    if body[3:6] != b"\x9d\x01\x2a":
        raise _Damaged("its picture has no key frame")
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _vp8l(body: bytes) -> tuple[int, int]:
    signature, bits = struct.unpack_from("<BI", body)
    if signature != 0x2F:
        raise _Damaged("its lossless picture has no signature")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _vp8x(body: bytes) -> tuple[int, int]:
    if body[0] & 0x02:
        raise _Damaged("it is animated (WebP)")
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


_WEBP_SIDES = {b"VP8 ": _vp8, b"VP8L": _vp8l, b"VP8X": _vp8x}
_WALKS: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
}
