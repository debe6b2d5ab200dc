"""The change feed of assets in SQLite, and the index that follows it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

from assetql.adapters.local.assets import SqliteAssets
from assetql.adapters.local.index import SqliteIndex
from assetql.adapters.local.stores import open_database
from assetql.adapters.local.tasks import SqliteTasks
from assetql.domain.asset import Asset
from assetql.domain.task import Task
from tests.contract.index_family import found
from tests.contract.races import race
from tests.contract.values import a_batch, accepted, an_asset, claimed, tasks_for


@dataclass(frozen=True, slots=True)
class Home:
    """The stores that the feed comes from."""

    path: Path
    tasks: SqliteTasks
    assets: SqliteAssets


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with closing(open_database(tmp_path)) as database:
        yield Home(tmp_path, SqliteTasks(database), SqliteAssets(database))


def _commit(home: Home, task: Task) -> Asset:
    mine, asset = claimed(task), an_asset(task)
    home.tasks.save(mine)
    home.tasks.commit(accepted(mine), asset)
    return asset


def _commit_all(home: Home, rows: int, batch_id: str = "bat_1") -> list[Asset]:
    tasks = tasks_for(a_batch(batch_id), rows)
    home.tasks.add(tasks)
    return [_commit(home, task) for task in tasks]


def test_an_index_catches_up_with_the_feed_part_by_part(home: Home) -> None:
    one, two, three = _commit_all(home, 3)

    def two_at_once(position: int) -> tuple[tuple[int, Asset], ...]:
        return home.assets.changes(position, limit=2)

    with closing(SqliteIndex(home.path / "index.sqlite3", two_at_once)) as index:
        assert found(index) == []
        index.catch_up()
        assert set(found(index)) == {one.asset_id, two.asset_id, three.asset_id}
        home.assets.save(replace(one, name="Throwing Knives", version=2))
        index.catch_up()
        assert found(index, text="knife") == [one.asset_id]
        assert index.position() == home.assets.changes(0)[-1][0]


def test_a_change_moves_an_asset_to_the_end_of_the_feed(home: Home) -> None:
    one, two, three = _commit_all(home, 3)
    feed = home.assets.changes(0)
    assert [asset for _, asset in feed] == [one, two, three]
    edited = replace(one, name="edited", version=2)
    home.assets.save(edited)
    assert [asset for _, asset in home.assets.changes(0)] == [two, three, edited]
    assert [asset for _, asset in home.assets.changes(feed[-1][0])] == [edited]
    assert [asset for _, asset in home.assets.changes(0, limit=2)] == [two, three]
    assert home.assets.changes(home.assets.changes(0)[-1][0]) == ()


def test_a_reader_of_the_feed_misses_nothing(home: Home) -> None:
    """Concurrent writers; the reader never looks behind the position that it has reached."""
    writers, rows = 4, 12
    written = Event()
    newest: dict[str, Asset] = {}

    def write(number: int) -> None:
        for asset in _commit_all(home, rows, f"bat_{number}"):
            home.assets.save(replace(asset, name="edited", version=2))

    def read() -> None:
        position = 0
        while True:
            last_look = written.is_set()
            changes = home.assets.changes(position, limit=5)
            positions = [place for place, _ in changes]
            assert positions == sorted(set(positions))
            newest.update((asset.asset_id, asset) for _, asset in changes)
            position = positions[-1] if positions else position
            if not changes and last_look:
                return
            time.sleep(0.001)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            race(writers, write)
        finally:
            written.set()
        reading.result()
    assert len(newest) == writers * rows
    assert {asset.version for asset in newest.values()} == {2}
