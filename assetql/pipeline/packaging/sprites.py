"""Sprites that wait on disk for their sheet."""

from shutil import disk_usage
from tempfile import gettempdir
from typing import IO

_MOST = 1 << 30


def room_for_sprites() -> int:
    """Bytes that sprites may take of the temporary folder: at most half of what is free."""
    return min(_MOST, disk_usage(gettempdir()).free // 2)


class Sprites:
    """Pixels of trimmed sprites in `file`, a temporary file, up to `room` bytes.

    Reading them back costs a fraction of decoding their PNG again.
    """

    def __init__(self, file: IO[bytes], room: int) -> None:
        self._file = file
        self._room = room
        self._at: dict[int, tuple[int, int]] = {}
        self._end = 0

    def add(self, index: int, pixels: bytes) -> None:
        """Keep the pixels of sprite `index`, where there is room."""
        if self._end + len(pixels) > self._room:
            return
        self._file.seek(self._end)
        self._file.write(pixels)
        self._at[index] = (self._end, len(pixels))
        self._end += len(pixels)

    def get(self, index: int) -> bytes | None:
        """The pixels of sprite `index`; None where there was no room."""
        if index not in self._at:
            return None
        start, size = self._at[index]
        self._file.seek(start)
        return self._file.read(size)
