"""Files that people name: read or written, or a message that says why not."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOTDIR
from pathlib import Path

from assetql.domain.errors import InvalidInput


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises: InvalidInput where it can't be read."""
    with readable(path):
        return path.read_bytes()


def read_text(path: Path) -> str:
    """The file's text, with or without a byte-order mark. Raises: InvalidInput."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{str(path)!r} is no UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}.",
            remedy="Save it as UTF-8.",
        ) from error


@contextmanager
def readable(path: Path) -> Generator[None]:
    """Explains what keeps the block from reading `path`. Raises: InvalidInput."""
    try:
        yield
    except OSError as error:
        raise InvalidInput(
            f"Can't read {str(path)!r}: {error.strerror}.", remedy="Check the path."
        ) from error


@contextmanager
def writable(path: Path) -> Generator[None]:
    """Explains what keeps the block from writing `path`. Raises: InvalidInput."""
    try:
        yield
    except OSError as error:
        raise InvalidInput(
            f"Can't write {str(path)!r}: {error.strerror}.",
            remedy="Name a file in a folder that you may write to.",
        ) from error


def require_writable(path: Path) -> None:
    """Fails before the work is done, not after it; makes nothing. Raises: InvalidInput."""
    with writable(path):
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not folder.is_dir():
            raise NotADirectoryError(ENOTDIR, f"{folder} is a file")
        if not os.access(folder, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
