"""The tables of the embedded family, and the version that a file says it has.

Columns hold what is queried; `document` holds the whole value as JSON. Times are microseconds
since 1970.
"""

import sqlite3
from collections.abc import Iterable

from assetql.adapters.local.wal import use_wal
from assetql.domain.errors import InvalidInput

VERSION = 3

_BATCHES = """
CREATE TABLE batches (
    workspace TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    active INTEGER NOT NULL,
    sendable INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (workspace, batch_id),
    UNIQUE (workspace, idempotency_key)
);
CREATE INDEX batches_by_age ON batches (workspace, created_at, batch_id);
CREATE INDEX batches_active ON batches (workspace, batch_id) WHERE active;
CREATE TABLE follow_ups (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    follow_up_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (workspace, batch_id, follow_up_id)
);
"""

_TASKS = """
CREATE TABLE tasks (
    workspace TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    status TEXT NOT NULL,
    unit_price INTEGER NOT NULL,
    token INTEGER NOT NULL,
    lease_until INTEGER,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (workspace, batch_id, task_id)
);
CREATE INDEX tasks_by_status ON tasks (workspace, batch_id, status, task_id, updated_at);
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE status = 'GENERATING';
CREATE TABLE batch_tallies (
    workspace TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    status TEXT NOT NULL,
    tasks INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (workspace, batch_id, status)
) WITHOUT ROWID;
"""

# Counting in triggers keeps the tally true in the very transaction that moves a task.
_ADD_NEW = """
    INSERT INTO batch_tallies VALUES (new.workspace, new.batch_id, new.status, 1, new.unit_price)
    ON CONFLICT DO UPDATE SET tasks = tasks + 1, value = value + excluded.value;
"""
_TAKE_OLD = """
    UPDATE batch_tallies SET tasks = tasks - 1, value = value - old.unit_price
    WHERE workspace = old.workspace AND batch_id = old.batch_id AND status = old.status;
"""
_TRIGGERS = (
    f"CREATE TRIGGER tasks_counted_in AFTER INSERT ON tasks BEGIN {_ADD_NEW} END",
    f"CREATE TRIGGER tasks_counted_out AFTER DELETE ON tasks BEGIN {_TAKE_OLD} END",
    f"""CREATE TRIGGER tasks_recounted AFTER UPDATE OF status, unit_price ON tasks
    WHEN old.status <> new.status OR old.unit_price <> new.unit_price
    BEGIN {_TAKE_OLD} {_ADD_NEW} END""",
)

_ASSETS = """
CREATE TABLE assets (
    workspace TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    position INTEGER NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (workspace, asset_id)
);
CREATE INDEX assets_by_batch ON assets (workspace, batch_id, asset_id);
CREATE TABLE styles (
    workspace TEXT NOT NULL,
    style_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (workspace, style_id),
    UNIQUE (workspace, idempotency_key),
    UNIQUE (workspace, folded_name)
);
CREATE TABLE uploads (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    thread_id TEXT,
    created_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (workspace, upload_id)
);
CREATE INDEX uploads_by_thread ON uploads (workspace, thread_id, created_at, number);
"""

_MONEY = """
CREATE TABLE accounts (
    workspace TEXT PRIMARY KEY,
    budget INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    spent INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE ledger_entries (
    workspace TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    reserved INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, entry_id)
) WITHOUT ROWID;
CREATE TABLE approvals (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    approval_id TEXT NOT NULL,
    status TEXT NOT NULL,
    executed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (workspace, approval_id)
);
CREATE INDEX approvals_pending ON approvals (workspace, created_at) WHERE status = 'PENDING';
CREATE INDEX approvals_unexecuted ON approvals (created_at)
    WHERE status != 'PENDING' AND NOT executed;
"""

_QUEUE = """
CREATE TABLE queue_messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    receipt TEXT,
    receive_count INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX queue_by_visibility ON queue_messages (dead, visible_at);
"""

_THREADS = """
CREATE TABLE threads (
    workspace TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    title TEXT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, thread_id)
) WITHOUT ROWID;
CREATE INDEX threads_by_activity ON threads (workspace, updated_at);
CREATE TABLE inbox_messages (
    workspace TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (workspace, thread_id, position),
    UNIQUE (workspace, thread_id, message_id)
);
CREATE TABLE turn_leases (
    workspace TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL,
    consumed INTEGER NOT NULL,
    PRIMARY KEY (workspace, thread_id)
) WITHOUT ROWID;
CREATE TABLE audit_records (
    number INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    record_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (workspace, record_id)
);
CREATE INDEX audit_by_age ON audit_records (workspace, at, number);
"""

_DOORS = """
CREATE TABLE door_records (
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner, kind, key)
);
CREATE INDEX door_records_expiring ON door_records (expires_at) WHERE expires_at IS NOT NULL;
"""

_FORGOTTEN = """
CREATE TABLE forgotten_threads (
    workspace TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    PRIMARY KEY (workspace, thread_id)
) WITHOUT ROWID;
"""

_TABLES = (_BATCHES, _TASKS, _ASSETS, _MONEY, _QUEUE, _THREADS, _DOORS, _FORGOTTEN)
# The tables that a version brought, for files of the one before.
_ADDED = {2: (_DOORS,), 3: (_FORGOTTEN,)}


def ensure(connection: sqlite3.Connection) -> None:
    """Makes the tables once, whichever process comes first.

    Raises: InvalidInput where the file is of a newer version.
    """
    use_wal(connection)
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _version(connection)
        if found > VERSION:
            raise InvalidInput(
                f"The database has schema version {found}; this AssetQL knows up to {VERSION}.",
                remedy="Update AssetQL, or choose another folder in ASSETQL_HOME.",
            )
        if found == 0:
            _create(connection, _TABLES)
            for trigger in _TRIGGERS:
                connection.execute(trigger)
        else:
            for version in range(found + 1, VERSION + 1):
                _create(connection, _ADDED[version])
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    for script in tables:
        for statement in script.split(";"):
            if statement.strip():
                connection.execute(statement)
