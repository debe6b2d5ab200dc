"""A database file that is none, or none any more."""

from pathlib import Path

import pytest

from assetql.domain.errors import StoreUnavailable
from assetql.services import open_services
from assetql.settings import Settings


def test_a_damaged_database_is_left_alone_and_said_to_be_damaged(tmp_path: Path) -> None:
    file = tmp_path / "assetql.sqlite3"
    file.write_bytes(b"no database " * 500)

    with pytest.raises(StoreUnavailable) as raised:
        open_services(Settings(home=tmp_path))

    assert "put back a copy" in str(raised.value)
    assert file.read_bytes() == b"no database " * 500
