"""A ZIP whose bytes depend on its entries alone, written once through, front to back."""

import hashlib
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import IO, BinaryIO, Self

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can hold
_UNIX = 3
_FILE_MODE = 0o100644 << 16
_CHUNK = 1 << 20


class _Window:
    """What `zipfile` may still go back to: the entry in progress; all before it has left.

    `zipfile` returns to an entry's header to fill in size and checksum, which some readers need
    in front of stored data. Holding one entry keeps `out` write-only and its hash exact.
    """

    def __init__(self, out: BinaryIO, pending: IO[bytes]) -> None:
        self._out = out
        self._pending = pending
        self._sha256 = hashlib.sha256()
        self.sent = 0

    def tell(self) -> int:
        return self.sent + self._pending.tell()

    def seek(self, offset: int) -> int:
        return self.sent + self._pending.seek(offset - self.sent)

    def write(self, data: bytes) -> int:
        return self._pending.write(data)

    def flush(self) -> None:
        """Nothing leaves before the entry is whole."""

    def close(self) -> None:
        """The temporary file is its owner's to close."""

    def send(self) -> None:
        """Pass the entry on to `out`."""
        self._pending.seek(0)
        while chunk := self._pending.read(_CHUNK):
            self._out.write(chunk)
            self._sha256.update(chunk)
            self.sent += len(chunk)
        self._pending.seek(0)
        self._pending.truncate()

    @property
    def sha256(self) -> str:
        """Of all that was sent, in hex."""
        return self._sha256.hexdigest()


class ZipStream:
    """Writes entries to `out` in the order given; `out` need not be seekable.

    `entry` is a temporary file for the entry in progress. Everything is stored: images don't
    shrink, and deflate differs between builds of zlib.
    """

    def __init__(self, out: BinaryIO, entry: IO[bytes]) -> None:
        self._window = _Window(out, entry)
        self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_STORED)

    def add(self, path: str, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Write one file; its sha256 in hex and its size in bytes."""
        if path.startswith("/") or "\\" in path or ".." in path.split("/"):
            raise ValueError(f"unsafe path {path!r}")
        info = zipfile.ZipInfo(path, _EPOCH)
        info.create_system = _UNIX
        info.external_attr = _FILE_MODE
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w") as entry:
            for chunk in chunks:
                entry.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._window.send()
        return digest.hexdigest(), size

    def finish(self) -> tuple[str, int]:
        """Write the directory; the archive's sha256 in hex and its size in bytes."""
        self._zip.close()
        self._window.send()
        return self._window.sha256, self._window.sent

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()  # after `finish` nothing is left to write; after an error it isn't sent
