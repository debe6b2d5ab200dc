"""Batches and follow-ups in SQLite."""

import sqlite3

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.database import Database
from assetql.domain.batch import Batch, FollowUp
from assetql.domain.errors import Conflict
from assetql.ports import Page

_BATCHES = Codec(Batch)
_FOLLOW_UPS = Codec(FollowUp)
_CREATED = "SELECT document FROM batches WHERE workspace=? AND idempotency_key=?"


def save_batch(connection: sqlite3.Connection, batch: Batch) -> None:
    """`BatchStore.save` inside a transaction of the caller's. Raises: Conflict."""
    saved = connection.execute(
        "UPDATE batches SET active=?, sendable=?, version=?, document=?"
        " WHERE workspace=? AND batch_id=? AND version=?",
        (
            *_flags(batch),
            batch.version,
            _BATCHES.encode(batch),
            batch.workspace,
            batch.batch_id,
            batch.version - 1,
        ),
    ).rowcount
    if not saved:
        raise Conflict(f"Batch {batch.batch_id} moved on before version {batch.version}.")


def require_stored(connection: sqlite3.Connection, batch: Batch) -> None:
    """Inside a transaction of the caller's. Raises: Conflict where the batch moved on."""
    key = (batch.workspace, batch.batch_id, batch.version)
    found = "SELECT 1 FROM batches WHERE workspace=? AND batch_id=? AND version=?"
    if connection.execute(found, key).fetchone() is None:
        raise Conflict(f"Batch {batch.batch_id} moved on from version {batch.version}.")


def _flags(batch: Batch) -> tuple[bool, bool]:
    """Whether the reconciler looks after it, and whether its queued tasks are on the queue."""
    begun = batch.started_at is not None or batch.cancelled_at is not None
    return begun and not batch.closed, batch.started_at is not None and batch.dispatched


class SqliteBatches:
    """The BatchStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, batch: Batch, *, key: str) -> Batch:
        with self._database.transaction() as connection:
            first = connection.execute(_CREATED, (batch.workspace, key)).fetchone()
            if first:
                return _BATCHES.decode(first[0])
            made = connection.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    batch.workspace,
                    batch.batch_id,
                    key,
                    micros(batch.created_at),
                    *_flags(batch),
                    batch.version,
                    _BATCHES.encode(batch),
                ),
            ).rowcount
            if not made:
                raise Conflict(f"There is a batch {batch.batch_id} already, of another request.")
        return batch

    def created(self, workspace: str, key: str) -> Batch | None:
        row = self._database.row(_CREATED, (workspace, key))
        return _BATCHES.decode(row[0]) if row else None

    def get(self, workspace: str, batch_id: str) -> Batch | None:
        row = self._database.row(
            "SELECT document FROM batches WHERE workspace=? AND batch_id=?", (workspace, batch_id)
        )
        return _BATCHES.decode(row[0]) if row else None

    def save(self, batch: Batch) -> None:
        with self._database.connection() as connection:
            save_batch(connection, batch)

    def page(self, workspace: str, *, after: str | None = None, limit: int = 50) -> Page[Batch]:
        rows = self._database.rows(
            "SELECT document, batch_id FROM batches WHERE workspace=?1 AND (?2 IS NULL"
            " OR (created_at, batch_id) < (SELECT created_at, batch_id FROM batches"
            " WHERE workspace=?1 AND batch_id=?2))"
            " ORDER BY created_at DESC, batch_id DESC LIMIT ?3",
            (workspace, after, limit + 1),
        )
        items = tuple(_BATCHES.decode(row[0]) for row in rows[:limit])
        return Page(items, rows[limit - 1][1] if len(rows) > limit else None)

    def active(self, *, after: str | None = None, limit: int = 100) -> Page[Batch]:
        workspace, _, batch_id = (after or "/").partition("/")
        rows = self._database.rows(
            "SELECT document FROM batches WHERE active AND (workspace, batch_id) > (?, ?)"
            " ORDER BY workspace, batch_id LIMIT ?",
            (workspace, batch_id, limit + 1),
        )
        items = tuple(_BATCHES.decode(row[0]) for row in rows[:limit])
        last = items[-1] if len(rows) > limit else None
        return Page(items, f"{last.workspace}/{last.batch_id}" if last else None)

    def add_follow_up(self, follow_up: FollowUp) -> FollowUp:
        key = (follow_up.workspace, follow_up.batch_id, follow_up.follow_up_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO follow_ups (workspace, batch_id, follow_up_id, version, document)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*key, follow_up.version, _FOLLOW_UPS.encode(follow_up)),
            )
            stored = connection.execute(
                "SELECT document FROM follow_ups"
                " WHERE workspace=? AND batch_id=? AND follow_up_id=?",
                key,
            ).fetchone()
        return _FOLLOW_UPS.decode(stored[0])

    def follow_ups(self, workspace: str, batch_id: str) -> tuple[FollowUp, ...]:
        rows = self._database.rows(
            "SELECT document FROM follow_ups WHERE workspace=? AND batch_id=? ORDER BY number",
            (workspace, batch_id),
        )
        return tuple(_FOLLOW_UPS.decode(row[0]) for row in rows)

    def save_follow_up(self, follow_up: FollowUp) -> None:
        saved = self._database.execute(
            "UPDATE follow_ups SET version=?, document=?"
            " WHERE workspace=? AND batch_id=? AND follow_up_id=? AND version=?",
            (
                follow_up.version,
                _FOLLOW_UPS.encode(follow_up),
                follow_up.workspace,
                follow_up.batch_id,
                follow_up.follow_up_id,
                follow_up.version - 1,
            ),
        )
        if not saved:
            raise Conflict(
                f"Follow-up {follow_up.follow_up_id} moved on before version {follow_up.version}."
            )
