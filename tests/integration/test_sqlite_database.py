import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from assetql.adapters.local.database import Database
from assetql.adapters.local.schema import VERSION
from assetql.domain.errors import Conflict, InvalidInput, StoreUnavailable

INSERT = "INSERT INTO accounts VALUES (?, 1, 0, 0)"
COUNT = "SELECT COUNT(*) FROM accounts"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "home" / "assetql.sqlite3")) as opened:
        yield opened


def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as connection:
            connection.execute(INSERT, ("studio",))
            raise Conflict("on purpose")

    with pytest.raises(Conflict):
        write_and_fail()
    assert database.row(COUNT) == (0,)
    assert database.execute(INSERT, ("studio",)) == 1  # nothing is left locked


def test_faults_of_sqlite_are_store_unavailable(database: Database) -> None:
    with pytest.raises(StoreUnavailable, match="no such table: elsewhere"):
        database.rows("SELECT * FROM elsewhere")
    assert database.row(COUNT) == (0,)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "assetql.sqlite3"
    path.write_bytes(b"certainly not a database" * 100)
    with pytest.raises(StoreUnavailable, match=r"assetql\.sqlite3"):
        Database(path)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="file"):
        Database(tmp_path / "file" / "assetql.sqlite3")


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "assetql.sqlite3"
    with closing(Database(path)) as database:
        database.execute(f"PRAGMA user_version={VERSION + 1}")
    with pytest.raises(InvalidInput, match="Update AssetQL"):
        Database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)


def test_a_file_is_opened_again_with_its_rows(database: Database) -> None:
    database.execute(INSERT, ("studio",))
    database.close()
    with closing(Database(database.path)) as again:
        assert again.row(COUNT) == (1,)


def test_a_closed_database_says_so(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        database.rows(COUNT)


def test_closing_removes_the_log_once_all_threads_are_done(database: Database) -> None:
    """SQLite deletes the write-ahead log when the last connection is closed: so none is left."""
    with ThreadPoolExecutor(6) as pool:
        names = [(f"ws-{n}",) for n in range(60)]
        assert sum(pool.map(partial(database.execute, INSERT), names)) == 60
    assert database.row(COUNT) == (60,)
    assert Path(f"{database.path}-wal").exists()
    database.close()
    assert not Path(f"{database.path}-wal").exists()


def test_a_file_of_an_older_version_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "assetql.sqlite3"
    with closing(Database(path)) as database:
        database.execute(INSERT, ("studio",))
        for table in ("door_records", "forgotten_threads"):
            database.execute(f"DROP TABLE {table}")
        database.execute("PRAGMA user_version=1")
    with closing(Database(path)) as database:
        assert database.row("SELECT COUNT(*) FROM door_records") == (0,)
        assert database.row(COUNT) == (1,)
        assert database.row("PRAGMA user_version") == (VERSION,)
