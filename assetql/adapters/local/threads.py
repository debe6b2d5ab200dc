"""Thread inboxes and turn leases in SQLite."""

import sqlite3
from dataclasses import replace
from datetime import datetime

from assetql.adapters.codec import Codec, micros, moment
from assetql.adapters.local.database import Database, SqlRow
from assetql.domain.errors import NotFound, StaleClaim
from assetql.domain.thread import InboxMessage, MessageKind, Thread, TurnLease

_MESSAGES = Codec(InboxMessage)
_TITLE_LENGTH = 80
_FINISHED = 0  # `until` of a lease whose turn is over

_ACQUIRE = (
    "INSERT INTO turn_leases VALUES (?, ?, ?, 1, ?, 0) ON CONFLICT DO UPDATE"
    " SET holder=excluded.holder, token=token+1, until=excluded.until WHERE until<=?"
    " RETURNING token, consumed"
)
_TOUCH_THREAD = (
    "INSERT INTO threads VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET updated_at=MAX(updated_at, excluded.updated_at),"
    " title=CASE title WHEN '' THEN excluded.title ELSE title END"
)


class SqliteInbox:
    """The ThreadInbox of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def post(self, message: InboxMessage) -> InboxMessage:
        with self._database.transaction() as connection:
            posted = _post(connection, message)
        return posted or _to_nobody(message)

    def begin_turn(
        self, message: InboxMessage, *, holder: str, until: datetime, now: datetime
    ) -> tuple[InboxMessage, TurnLease | None]:
        key = (message.workspace, message.thread_id)
        lease: TurnLease | None = None
        with self._database.transaction() as connection:
            posted = _post(connection, message)
            if posted:
                row = connection.execute(
                    _ACQUIRE, (*key, holder, micros(until), micros(now))
                ).fetchone()
                lease = _acquired(key, holder, until, row)
        return posted or _to_nobody(message), lease

    def after(self, workspace: str, thread_id: str, position: int) -> tuple[InboxMessage, ...]:
        rows = self._database.rows(
            "SELECT document FROM inbox_messages"
            " WHERE workspace=? AND thread_id=? AND position>? ORDER BY position",
            (workspace, thread_id, position),
        )
        return tuple(_MESSAGES.decode(row[0]) for row in rows)

    def threads(self, workspace: str, limit: int = 50) -> tuple[Thread, ...]:
        rows = self._database.rows(
            "SELECT thread_id, title, created_by, updated_at FROM threads WHERE workspace=?"
            " ORDER BY updated_at DESC, thread_id DESC LIMIT ?",
            (workspace, limit),
        )
        return tuple(_thread(workspace, row) for row in rows)

    def thread(self, workspace: str, thread_id: str) -> Thread | None:
        row = self._database.row(
            "SELECT thread_id, title, created_by, updated_at FROM threads"
            " WHERE workspace=? AND thread_id=?",
            (workspace, thread_id),
        )
        return _thread(workspace, row) if row else None

    def forget(self, workspace: str, thread_id: str) -> None:
        key = (workspace, thread_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO forgotten_threads VALUES (?, ?) ON CONFLICT DO NOTHING", key
            )
            for table in ("threads", "inbox_messages"):
                connection.execute(
                    f"DELETE FROM {table} WHERE workspace=? AND thread_id=?",  # noqa: S608
                    key,
                )


def _post(connection: sqlite3.Connection, message: InboxMessage) -> InboxMessage | None:
    """The message as it was stored, the first time; None where its thread was forgotten."""
    first = connection.execute(
        "SELECT document FROM inbox_messages WHERE workspace=? AND thread_id=? AND message_id=?",
        (message.workspace, message.thread_id, message.message_id),
    ).fetchone()
    if first:
        return _MESSAGES.decode(first[0])
    return None if _forgotten(connection, message) else _append(connection, message)


def _to_nobody(message: InboxMessage) -> InboxMessage:
    """What comes of a message to a forgotten thread."""
    if message.kind is MessageKind.NOTICE:
        return message
    raise NotFound("thread", message.thread_id, remedy="It was deleted. Begin another one.")


def _forgotten(connection: sqlite3.Connection, message: InboxMessage) -> bool:
    found = connection.execute(
        "SELECT 1 FROM forgotten_threads WHERE workspace=? AND thread_id=?",
        (message.workspace, message.thread_id),
    ).fetchone()
    return found is not None


def _thread(workspace: str, row: SqlRow) -> Thread:
    thread_id, title, created_by, updated_at = row
    return Thread(
        workspace=workspace,
        thread_id=thread_id,
        title=title,
        created_by=created_by,
        updated_at=moment(updated_at),
    )


def _append(connection: sqlite3.Connection, message: InboxMessage) -> InboxMessage:
    (last,) = connection.execute(
        "SELECT COALESCE(MAX(position), 0) FROM inbox_messages WHERE workspace=? AND thread_id=?",
        (message.workspace, message.thread_id),
    ).fetchone()
    stored = replace(message, position=last + 1)
    key = (stored.workspace, stored.thread_id)
    connection.execute(
        "INSERT INTO inbox_messages VALUES (?, ?, ?, ?, ?)",
        (*key, stored.position, stored.message_id, _MESSAGES.encode(stored)),
    )
    connection.execute(
        _TOUCH_THREAD, (*key, _title(stored), stored.author, micros(stored.created_at))
    )
    return stored


def _title(message: InboxMessage) -> str:
    """A thread is called what a person first said in it."""
    if message.kind is not MessageKind.PERSON:
        return ""
    return " ".join(message.text.split())[:_TITLE_LENGTH]


class SqliteTurns:
    """The TurnLeases of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(
        self, workspace: str, thread_id: str, *, holder: str, until: datetime, now: datetime
    ) -> TurnLease | None:
        row = self._database.row(
            _ACQUIRE, (workspace, thread_id, holder, micros(until), micros(now))
        )
        return _acquired((workspace, thread_id), holder, until, row)

    def extend(self, lease: TurnLease, *, until: datetime) -> TurnLease:
        extended = self._database.execute(
            "UPDATE turn_leases SET until=?"
            " WHERE workspace=? AND thread_id=? AND token=? AND until>?",
            (micros(until), lease.workspace, lease.thread_id, lease.token, _FINISHED),
        )
        if not extended:
            raise _stale(lease)
        return replace(lease, until=until)

    def finish(self, lease: TurnLease, *, consumed: int) -> None:
        finished = self._database.execute(
            "UPDATE turn_leases SET until=?, consumed=MAX(consumed, ?)"
            " WHERE workspace=? AND thread_id=? AND token=?",
            (_FINISHED, consumed, lease.workspace, lease.thread_id, lease.token),
        )
        if not finished:
            raise _stale(lease)

    def get(self, workspace: str, thread_id: str) -> TurnLease | None:
        row = self._database.row(
            "SELECT holder, token, until, consumed FROM turn_leases"
            " WHERE workspace=? AND thread_id=?",
            (workspace, thread_id),
        )
        if row is None:
            return None
        holder, token, until, consumed = row
        return TurnLease(
            workspace=workspace,
            thread_id=thread_id,
            holder=holder,
            token=token,
            until=moment(until),
            consumed=consumed,
        )


def _acquired(
    key: tuple[str, str], holder: str, until: datetime, row: SqlRow | None
) -> TurnLease | None:
    """The lease, by the (token, consumed) that the statement returned."""
    if row is None:
        return None
    workspace, thread_id = key
    token, consumed = row
    return TurnLease(
        workspace=workspace,
        thread_id=thread_id,
        holder=holder,
        token=token,
        until=until,
        consumed=consumed,
    )


def _stale(lease: TurnLease) -> StaleClaim:
    return StaleClaim(f"Token {lease.token} no longer holds thread {lease.thread_id}.")
