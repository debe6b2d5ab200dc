"""Several processes on one SQLite file, some of them killed."""

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetql.adapters.local.assets import SqliteAssets
from assetql.adapters.local.stores import DATABASE_NAME, open_database
from assetql.domain.errors import Conflict
from assetql.domain.task import Counts, Task, TaskStatus
from assetql.ports import QueueDepth, Stores
from tests.contract.families import open_local
from tests.contract.races import in_processes
from tests.contract.values import (
    MINUTE,
    STUDIO,
    ManualClock,
    a_batch,
    accepted,
    an_asset,
    claimed,
    tasks_for,
)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_local(tmp_path, ManualClock()) as opened:
        yield opened


def _make_a_batch(stores: Stores, number: int) -> None:
    stores.batches.create(a_batch(f"bat_{number}"), key=str(number))


@pytest.mark.parametrize("attempt", range(3))
def test_a_new_file_is_made_by_whoever_comes_first(tmp_path: Path, attempt: int) -> None:
    home = tmp_path / str(attempt)
    in_processes(5, _make_a_batch, open_local, home)
    with open_local(home, ManualClock()) as stores:
        assert len(stores.batches.page(STUDIO).items) == 5


def _count_up(stores: Stores, _: int) -> None:
    """Adds 1 to the batch's runs, 15 times, and starts over where somebody was faster."""
    done = 0
    while done < 15:
        batch = stores.batches.get(STUDIO, "bat_1")
        assert batch is not None
        try:
            stores.batches.save(replace(batch, runs=batch.runs + 1, version=batch.version + 1))
        except Conflict:
            continue
        done += 1


def test_no_update_is_lost(stores: Stores, tmp_path: Path) -> None:
    stores.batches.create(a_batch(), key="k")
    in_processes(4, _count_up, open_local, tmp_path)
    batch = stores.batches.get(STUDIO, "bat_1")
    assert batch is not None
    assert (batch.runs, batch.version) == (60, 61)


def _make(stores: Stores, task: Task) -> None:
    mine, asset = claimed(task), an_asset(task)
    stores.tasks.save(mine)
    stores.objects.put(asset.object_key, b"image", media_type="image/png")
    stores.tasks.commit(accepted(mine), asset)


def _work(stores: Stores, _: int) -> None:
    tasks = {task.key.task_id: task for task in stores.tasks.page(STUDIO, "bat_1").items}
    while deliveries := stores.queue.receive(limit=3, visibility=MINUTE):
        for delivery in deliveries:
            _make(stores, tasks[delivery.body])
            stores.queue.ack(delivery)


def test_workers_in_processes_make_each_image_once(stores: Stores, tmp_path: Path) -> None:
    tasks = tasks_for(a_batch(), rows=60)
    stores.tasks.add(tasks)
    stores.queue.send([task.key.task_id for task in tasks])
    in_processes(3, _work, open_local, tmp_path)
    assert stores.tasks.tally(STUDIO, "bat_1").counts == Counts(READY=60)
    assert stores.queue.depth() == QueueDepth(0, 0, 0)
    assert len(list(stores.objects.keys("raw/"))) == 60
    with closing(open_database(tmp_path)) as database:
        positions = [position for position, _ in SqliteAssets(database).changes(0)]
    assert len(positions) == len(set(positions)) == 60


def _commit_until_killed(home: Path, tasks: tuple[Task, ...], acknowledge: int) -> None:
    with open_local(home, ManualClock()) as stores:
        for task in tasks:
            _make(stores, task)
            os.write(acknowledge, f"{task.key.task_id}\n".encode())


def _acknowledged_before_kill(home: Path, tasks: tuple[Task, ...], after: int) -> list[str]:
    """The tasks whose commit returned in a process that is killed after `after` of them."""
    readable, writable = os.pipe()
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=_commit_until_killed, args=(home, tasks, writable))
    worker.start()
    os.close(writable)
    with os.fdopen(readable) as lines:
        seen = [next(lines) for _ in range(after)]
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        seen.extend(lines)
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    worker.close()
    return [line.strip() for line in seen]


@pytest.mark.parametrize("after", [1, 10, 35])
def test_an_acknowledged_commit_survives_sigkill(
    stores: Stores, tmp_path: Path, after: int
) -> None:
    tasks = tasks_for(a_batch(), rows=2_000)
    stores.tasks.add(tasks)
    acknowledged = _acknowledged_before_kill(tmp_path, tasks, after)
    ready = stores.tasks.page(STUDIO, "bat_1", status=TaskStatus.READY).items
    assert after <= len(acknowledged) < len(tasks)
    assert set(acknowledged) <= {task.key.task_id for task in ready}
    for task in ready:  # READY implies its asset and its object
        asset = stores.assets.get(STUDIO, task.asset_id or "")
        assert asset is not None
        assert stores.objects.get(asset.object_key) == b"image"
    counts = stores.tasks.tally(STUDIO, "bat_1").counts
    assert (counts.READY, counts.total) == (len(ready), len(tasks))
    assert all(key.endswith(".png") for key in stores.objects.keys(""))
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_forked_child_leaves_its_parents_connections_alone(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    with closing(open_database(tmp_path)) as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO accounts VALUES ('studio', 1, 0, 0)")

            def read() -> None:
                # The parent's uncommitted row is not seen, and closing does not end its lock.
                assert database.rows("SELECT * FROM accounts") == []
                database.close()

            child = context.Process(target=read)
            child.start()
            child.join()
            assert child.exitcode == 0
            child.close()
        assert database.rows("SELECT budget FROM accounts") == [(1,)]


def test_a_forked_child_opens_connections_of_its_own(tmp_path: Path) -> None:
    with closing(open_database(tmp_path)) as database:
        with database.connection() as parents:
            pass

        def compare() -> None:
            with database.connection() as own:
                assert own is not parents

        child = multiprocessing.get_context("fork").Process(target=compare)
        child.start()
        child.join()
        assert child.exitcode == 0
        child.close()
        with database.connection() as again:
            assert again is parents
