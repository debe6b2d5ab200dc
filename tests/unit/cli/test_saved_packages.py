"""Where a package may be written."""

import io
import os
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, cast

import pytest

from assetql.domain.errors import InvalidInput
from assetql.pipeline.export import Package
from assetql.services import Services
from integrations.cli.export import save_package


class OnePackage:
    """The services of which a copy needs only the objects."""

    @property
    def stores(self) -> "OnePackage":
        return self

    @property
    def objects(self) -> "OnePackage":
        return self

    key = "exports/default/exp_1.zip"

    def open(self, key: str) -> AbstractContextManager[io.BytesIO]:
        return closing(io.BytesIO(b"PK"))


def save(out: Path) -> None:
    one: Any = OnePackage()
    save_package(cast("Package", one), out, cast("Services", one))


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"  # as a device is, but nobody else's
    os.mkfifo(pipe)
    with pytest.raises(InvalidInput, match="is no file"):
        save(pipe)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.zip", tmp_path / "link.zip"
    target.write_bytes(b"old")
    link.symlink_to(target)
    save(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"PK"
