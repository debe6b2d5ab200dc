"""Several processes feed and search one index file."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from assetql.adapters.local.index import Feed, SqliteIndex
from assetql.domain.errors import StoreUnavailable
from assetql.domain.search import SearchQuery
from tests.contract.index_family import STUDIO, an_asset, feed, found

COUNT = 120
_WORKER = """
import sys
from pathlib import Path
from assetql.adapters.local.index import SqliteIndex
from tests.integration.test_sqlite_index_processes import feed_of

index = SqliteIndex(Path(sys.argv[1]), feed_of(int(sys.argv[2])))
index.catch_up()
index.close()
"""


def feed_of(step: int) -> Feed:
    """The same changes for all, so many at a time."""
    changes = [
        (n + 1, an_asset(f"a{n:03}", "Flask", minute=n, embedding=(1.0, 0.0))) for n in range(COUNT)
    ]
    return lambda position: changes[position : position + step]


def test_processes_apply_the_same_feed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    index = SqliteIndex(path)
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, str(path), str(step)], cwd=Path.cwd())
        for step in (7, 10, 13)
    ]
    positions: list[int] = []
    while any(worker.poll() is None for worker in workers):
        positions.append(index.position())
        page = index.query(STUDIO, SearchQuery(text="flask", limit=1000))
        ids = [hit.asset_id for hit in page.hits]
        assert ids == sorted(set(ids), reverse=True)
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert positions == sorted(positions)
    assert index.position() == COUNT
    everything = SearchQuery(limit=1000)
    for asked in (replace(everything, text="flask"), replace(everything, embedding=(1.0, 0.0))):
        page = index.query(STUDIO, asked)
        assert sorted(hit.asset_id for hit in page.hits) == [f"a{n:03}" for n in range(COUNT)]
    index.close()


def test_threads_share_one_index(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.sqlite3")
    failures: list[BaseException] = []

    def search() -> None:
        try:
            for _ in range(30):
                found(index, text="flask")
        except BaseException as error:  # noqa: BLE001  # shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(20):
        feed(index, an_asset(f"a{n}", minute=n))
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(found(index, limit=100)) == 20
    index.close()


def test_a_change_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.sqlite3")
    feed(index, an_asset("a"))
    with pytest.raises(ValueError, match="could not convert"):
        index.apply([an_asset("b"), an_asset("c", embedding=("x",))])
    assert found(index) == ["a"]
    index.close()


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailable, match=r"delete index\.sqlite3"):
        SqliteIndex(path)
