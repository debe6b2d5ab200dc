"""Bytes to text: which encoding a list is in, and its text in blocks of whole lines."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from assetql.domain.asset_list.limits import MIB
from assetql.domain.errors import InvalidInput

_BLOCK = 16 * 1024
_HEAD = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"RIFF", "a WebP image or a sound"),
    (b"\x1f\x8b", "a gzip file"),
    (codecs.BOM_UTF32_LE, "text in UTF-32"),
    (codecs.BOM_UTF32_BE, "text in UTF-32"),
)
_UNDECIDED = "ascii so far"
_ESCAPED = re.compile("[\ud800-\udfff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


class ListText:
    """A list's text: line ends are line feeds, bytes that can't be decoded lone surrogates.

    `encoding` is utf-8, utf-8-sig, utf-16-le, utf-16-be or windows-1252. Where everything so far
    is ASCII it reads utf-8, and the first byte beyond ASCII decides.
    """

    def __init__(self, stream: BinaryIO, *, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._read = 0
        self._head = self._fill(b"", _HEAD)
        _refuse_other_files(self._head)
        self._encoding = _sniff(self._head)
        if self._encoding.startswith("utf-16"):
            self._head = self._head.removeprefix(codecs.BOM_UTF16_LE).removeprefix(
                codecs.BOM_UTF16_BE
            )
        self._decoder = self._new_decoder()

    @property
    def encoding(self) -> str:
        """Under its Python name."""
        return "utf-8" if self._encoding == _UNDECIDED else self._encoding

    def blocks(self) -> Iterator[str]:
        """The text in order. Raises: InvalidInput beyond `max_bytes`."""
        data, self._head = self._head, b""
        while data:
            if self._encoding == _UNDECIDED and not data.isascii():
                data = self._decide(data)
            for at in range(0, len(data), _BLOCK):
                if text := self._decoder.decode(data[at : at + _BLOCK]):
                    yield text
            data = self._next(_BLOCK)
        yield from self._rest()

    def _rest(self) -> Iterator[str]:
        """What the decoder still holds; a character cut off by the end is undecodable."""
        pending = self._decoder.getstate()[0]
        if pending:
            yield "\udcff"
        elif text := self._decoder.decode(b"", final=True):
            yield text

    def _decide(self, data: bytes) -> bytes:
        """Choose by the first bytes beyond ASCII, reading on where they may be cut in two."""
        if data[:-3].isascii():
            data = self._fill(data, len(data) + 4)
        self._encoding = _utf8_or_windows(data)
        if self._encoding != "utf-8":
            state = self._decoder.getstate()  # it may hold a CR whose LF is still to come
            self._decoder = self._new_decoder()
            self._decoder.setstate(state)
        return data

    def _new_decoder(self) -> io.IncrementalNewlineDecoder:
        errors = "surrogatepass" if self._encoding.startswith("utf-16") else "surrogateescape"
        inner = codecs.getincrementaldecoder(self.encoding)(errors)
        return io.IncrementalNewlineDecoder(inner, translate=True)

    def _fill(self, data: bytes, size: int) -> bytes:
        while len(data) < size and (more := self._next(size - len(data))):
            data += more
        return data

    def _next(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        if self._read > self._max_bytes:
            raise InvalidInput(
                f"The list is larger than {self._max_bytes / MIB:g} MiB.",
                remedy="Split it into several lists.",
            )
        return data


def _refuse_other_files(head: bytes) -> None:
    if not head:
        raise InvalidInput("The list is empty.", remedy="Give a header line and a line per asset.")
    for magic, kind in _NOT_TEXT:
        if head.startswith(magic):
            raise InvalidInput(
                f"The list is {kind}, not a CSV.",
                remedy="Save it as CSV (UTF-8) and give that file.",
            )


def _sniff(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if len(head) >= 4 and head[1] == head[3] == 0 != head[0]:
        return "utf-16-le"
    if len(head) >= 4 and head[0] == head[2] == 0 != head[1]:
        return "utf-16-be"
    return _UNDECIDED


def _utf8_or_windows(data: bytes) -> str:
    """UTF-8 where most bytes beyond ASCII make sense as that, else Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    bad = len(_ESCAPED.findall(text))
    good = len(_BEYOND_ASCII.findall(text)) - bad
    return "utf-8" if good > bad else "windows-1252"
