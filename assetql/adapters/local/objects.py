"""Objects as files under one folder; a file appears whole or not at all."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

from assetql.adapters.object_keys import checked_key, checked_prefix
from assetql.domain.errors import NotFound, StoreUnavailable

# A folder is no object: its key is only the beginning of others.
_MISSING = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
_TEMPORARY = ".part-"  # no key has a segment that starts with a dot


class FileObjects:
    """The ObjectStore of the embedded family: key `a/b.png` is the file `root/a/b.png`."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def put(self, key: str, data: bytes, *, media_type: str) -> None:
        with _faults(key), self.writer(key, media_type=media_type) as file:
            file.write(data)

    def get(self, key: str) -> bytes:
        with _faults(key), self.open(key) as file:
            return file.read()

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _faults(key):
            if path.is_file():
                path.unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        return self._walk(checked_prefix(prefix))

    @contextmanager
    def writer(self, key: str, *, media_type: str) -> Generator[BinaryIO]:
        path = self._path(key)
        with _faults(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Closed below, where writing to it is no fault of the store's.
            file = NamedTemporaryFile(dir=path.parent, prefix=_TEMPORARY, delete=False)  # noqa: SIM115
        whole = False
        try:
            with file:
                yield cast("BinaryIO", file)
                with _faults(key):
                    file.flush()
                    os.fsync(file.fileno())
            with _faults(key):
                Path(file.name).replace(path)
            whole = True
        finally:
            if not whole:
                Path(file.name).unlink(missing_ok=True)

    @contextmanager
    def open(self, key: str) -> Generator[BinaryIO]:
        path = self._path(key)
        with _faults(key):
            try:
                file = path.open("rb")
            except _MISSING as error:
                raise NotFound("object", key) from error
        with file:
            yield file

    def link(self, key: str, *, filename: str, valid_for: timedelta) -> str:
        return self._path(key).as_uri()

    def upload_form(
        self, key: str, *, media_type: str, max_bytes: int, valid_for: timedelta
    ) -> None:
        checked_key(key)  # files are written by who may; nothing is signed

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _walk(self, prefix: str) -> Iterator[str]:
        top = self._root / prefix.rpartition("/")[0]
        for folder, folders, files in os.walk(top):
            folders.sort()
            for name in sorted(files):
                key = (Path(folder) / name).relative_to(self._root).as_posix()
                if key.startswith(prefix) and not name.startswith(_TEMPORARY):
                    yield key


@contextmanager
def _faults(key: str) -> Generator[None]:
    """Faults of the file system as StoreUnavailable."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"The object {key!r} can't be reached: {error.strerror}.",  # the rest is a path
            remedy="Check that the disk has room and that its folder may be written.",
        ) from error
