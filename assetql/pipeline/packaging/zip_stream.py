"""A ZIP whose bytes depend on its entries alone, written once through, front to back."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import BinaryIO, Self

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can hold
_UNIX = 3
_FILE_MODE = 0o100644 << 16
_SPILL = 8 << 20


class _Window(io.RawIOBase):
    """What `zipfile` may still go back to: the entry in progress; all before it has left.

    `zipfile` returns to an entry's header to fill in size and checksum, which some readers need
    in front of stored data. Holding one entry keeps `out` write-only and its hash exact.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._pending = tempfile.SpooledTemporaryFile(max_size=_SPILL)
        self._sent = 0
        self._sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._sent + self._pending.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only absolute seeks")
        return self._sent + self._pending.seek(offset - self._sent)

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]  # typeshed's buffer type has no public name in 3.11
        return self._pending.write(data)

    def send(self) -> None:
        """Pass what is pending on to `out`."""
        self._pending.seek(0)
        while chunk := self._pending.read(1 << 20):
            self._out.write(chunk)
            self._sha256.update(chunk)
            self._sent += len(chunk)
        self._pending.seek(0)
        self._pending.truncate()

    def digest(self) -> tuple[str, int]:
        return self._sha256.hexdigest(), self._sent

    def close(self) -> None:
        self._pending.close()
        super().close()


class ZipStream:
    """Writes entries to `out` in the order given; `out` need not be seekable.

    Everything is stored: images don't shrink, and deflate differs between builds of zlib.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._window = _Window(out)
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
        return self._window.digest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()  # after `finish` nothing is left to write; after an error it isn't sent
        self._window.close()
