"""Tasks in SQLite; triggers keep `batch_tallies` beside them."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.assets import insert_asset
from assetql.adapters.local.batches import require_stored
from assetql.adapters.local.database import Database, SqlRow
from assetql.domain.asset import Asset
from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict, StaleClaim
from assetql.domain.ledger import Tally
from assetql.domain.task import OPEN, Counts, Task, TaskKey, TaskStatus
from assetql.ports import Page

_TASKS = Codec(Task)
_CHUNK = 500  # tasks in one transaction: others write in between

_INSERT = "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UPDATE = (
    "UPDATE tasks SET status=?, unit_price=?, token=?, lease_until=?, updated_at=?, version=?,"
    " document=? WHERE workspace=? AND batch_id=? AND task_id=? AND version=?"
)
_UPDATE_UNLEASED = f"{_UPDATE} AND (lease_until IS NULL OR lease_until <= ?)"
_EXTEND = (
    "UPDATE tasks SET lease_until=?, document=json_set(document, '$.lease.until', ?)"
    " WHERE workspace=? AND batch_id=? AND task_id=? AND token=? AND status='GENERATING'"
)
# A started batch is active while it has queued tasks. CROSS: from the few batches to their tasks.
_STUCK = (
    "SELECT tasks.document FROM batches CROSS JOIN tasks USING (workspace, batch_id)"
    " WHERE batches.active AND batches.sendable AND tasks.status = 'QUEUED'"
    " AND tasks.updated_at < ? ORDER BY tasks.updated_at LIMIT ?"
)


class SqliteTasks:
    """The TaskStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tasks: Iterable[Task]) -> int:
        stream, added = iter(tasks), 0
        while chunk := [_columns_of_key(task) for task in islice(stream, _CHUNK)]:
            with self._database.transaction() as connection:
                connection.executemany(_INSERT, chunk)
            added += len(chunk)
        return added

    def get(self, key: TaskKey) -> Task | None:
        row = self._database.row(
            "SELECT document FROM tasks WHERE workspace=? AND batch_id=? AND task_id=?",
            (key.workspace, key.batch_id, key.task_id),
        )
        return _TASKS.decode(row[0]) if row else None

    def save(self, task: Task, *, lease_ended_by: datetime | None = None) -> None:
        with self._database.connection() as connection:
            _save(connection, task, lease_ended_by)

    def requeue(self, tasks: Sequence[Task], *, reopened: Batch) -> tuple[Task, ...]:
        saved: list[Task] = []
        for start in range(0, len(tasks), _CHUNK):
            with self._database.transaction() as connection:
                require_stored(connection, reopened)
                chunk = tasks[start : start + _CHUNK]
                saved += [task for task in chunk if _saved(connection, task, None)]
        return tuple(saved)

    def commit(self, task: Task, asset: Asset) -> None:
        with self._database.transaction() as connection:
            _save(connection, task, None)
            insert_asset(connection, asset)

    def extend(self, key: TaskKey, *, token: int, until: datetime) -> None:
        extended = self._database.execute(
            _EXTEND,
            (
                micros(until),
                until.isoformat(),
                key.workspace,
                key.batch_id,
                key.task_id,
                token,
            ),
        )
        if not extended:
            raise StaleClaim(f"Token {token} no longer holds task {key.task_id}.")

    def page(
        self,
        workspace: str,
        batch_id: str,
        *,
        status: TaskStatus | None = None,
        after: str | None = None,
        limit: int = 500,
    ) -> Page[Task]:
        condition = "" if status is None else "AND status = ?"
        rows = self._database.rows(
            f"SELECT document FROM tasks WHERE workspace=? AND batch_id=? {condition}"  # noqa: S608 - a constant
            " AND task_id > ? ORDER BY task_id LIMIT ?",
            (
                workspace,
                batch_id,
                *(() if status is None else (status.value,)),
                after or "",
                limit + 1,
            ),
        )
        items = _tasks(rows[:limit])
        return Page(items, items[-1].key.task_id if len(rows) > limit else None)

    def tally(self, workspace: str, batch_id: str) -> Tally:
        rows = self._database.rows(
            "SELECT status, tasks, value FROM batch_tallies WHERE workspace=? AND batch_id=?",
            (workspace, batch_id),
        )
        values = {TaskStatus(status): value for status, _, value in rows}
        return Tally(
            counts=Counts(**{status: tasks for status, tasks, _ in rows}),
            open_value=sum(values.get(status, 0) for status in OPEN),
            ready_value=values.get(TaskStatus.READY, 0),
            failed_value=values.get(TaskStatus.FAILED, 0),
        )

    def expired(self, now: datetime, limit: int = 100) -> tuple[Task, ...]:
        return _tasks(
            self._database.rows(
                "SELECT document FROM tasks WHERE status = 'GENERATING' AND lease_until < ?"
                " ORDER BY lease_until LIMIT ?",
                (micros(now), limit),
            )
        )

    def stuck(self, before: datetime, limit: int = 100) -> tuple[Task, ...]:
        return _tasks(self._database.rows(_STUCK, (micros(before), limit)))


def _columns(task: Task) -> tuple[str, int, int, int | None, int, int, str]:
    return (
        task.status.value,
        task.unit_price,
        task.token,
        None if task.lease is None else micros(task.lease.until),
        0 if task.updated_at is None else micros(task.updated_at),
        task.version,
        _TASKS.encode(task),
    )


def _columns_of_key(task: Task) -> tuple[str | int | None, ...]:
    return (task.key.workspace, task.key.batch_id, task.key.task_id, *_columns(task))


def _save(connection: sqlite3.Connection, task: Task, lease_ended_by: datetime | None) -> None:
    if not _saved(connection, task, lease_ended_by):
        raise Conflict(f"Task {task.key.task_id} moved on before version {task.version}.")


def _saved(connection: sqlite3.Connection, task: Task, lease_ended_by: datetime | None) -> bool:
    key = task.key
    values = (*_columns(task), key.workspace, key.batch_id, key.task_id, task.version - 1)
    if lease_ended_by is None:
        return connection.execute(_UPDATE, values).rowcount == 1
    return connection.execute(_UPDATE_UNLEASED, (*values, micros(lease_ended_by))).rowcount == 1


def _tasks(rows: list[SqlRow]) -> tuple[Task, ...]:
    return tuple(_TASKS.decode(row[0]) for row in rows)
