from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from assetql.adapters.local.objects import FileObjects
from assetql.domain.errors import StoreUnavailable
from tests.contract.values import MINUTE


def test_faults_of_the_file_system_are_store_unavailable(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreUnavailable, match=r"raw/a\.png"):
        FileObjects(tmp_path).put("raw/a.png", b"data", media_type="image/png")
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_failed_write_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with FileObjects(tmp_path).writer("raw/a.png", media_type="image/png") as file:
            file.write(b"half")
            raise EOFError

    with pytest.raises(EOFError):
        fail()
    assert list((tmp_path / "raw").iterdir()) == []


def test_what_a_killed_writer_left_is_no_object(tmp_path: Path) -> None:
    objects = FileObjects(tmp_path)
    objects.put("raw/a.png", b"data", media_type="image/png")
    (tmp_path / "raw" / ".part-x1y2").write_bytes(b"half")
    assert list(objects.keys("")) == list(objects.keys("raw/")) == ["raw/a.png"]


def test_a_link_opens_the_file(tmp_path: Path) -> None:
    objects = FileObjects(tmp_path / "with space")
    objects.put("raw/a+b.png", b"data", media_type="image/png")
    link = urlsplit(objects.link("raw/a+b.png", filename="a.png", valid_for=MINUTE))
    assert link.scheme == "file"
    assert Path(unquote(link.path)).read_bytes() == b"data"
