"""The file of the index: its tables, and how to open it."""

import secrets
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from assetql.adapters.local.wal import use_wal
from assetql.domain.errors import StoreUnavailable

SCHEMA_VERSION = 3

# `doc.id` is the newest-first order to the millisecond with a hash below it (see `document.py`),
# so the full-text table, which walks by id, meets documents newest first. Its terms were folded
# and stemmed before; `ascii` takes every character beyond ASCII as a part of a word.
_SCHEMA = """
CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  key BLOB NOT NULL
);
CREATE TABLE workspace (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE doc (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspace,
  asset_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created INTEGER NOT NULL,
  category TEXT NOT NULL,
  style_id TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  phash INTEGER NOT NULL,
  dimensions INTEGER NOT NULL,
  labels TEXT NOT NULL,
  colors BLOB NOT NULL,
  terms TEXT NOT NULL,
  UNIQUE (workspace, asset_id)
);
CREATE INDEX doc_newest ON doc (workspace, created DESC, asset_id);
CREATE INDEX doc_revision ON doc (workspace, revision);
CREATE VIRTUAL TABLE text USING fts5(
  terms, content='doc', content_rowid='id', columnsize=0,
  tokenize='ascii'
);
CREATE TABLE vector (
  id INTEGER PRIMARY KEY REFERENCES doc,
  workspace INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  dimensions INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX vector_revision ON vector (workspace, dimensions, revision);
CREATE TABLE word (
  workspace INTEGER NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (workspace, word)
) WITHOUT ROWID;
"""


@contextmanager
def faults() -> Generator[None]:
    """Raises: StoreUnavailable for what SQLite could not do."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"The search index did not answer: {error}.",
            remedy="Try again; if it stays so, delete index.sqlite3: it is built anew.",
        ) from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the index at `path`, which is made where it is missing."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    use_wal(connection)
    # A power cut may take the last writes together with their position: they are fed again.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA mmap_size = 1073741824")
    connection.execute("PRAGMA cache_size = -16000")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        _create(connection)
    return connection


def _create(connection: sqlite3.Connection) -> None:
    with transaction(connection, "IMMEDIATE"):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == SCHEMA_VERSION:  # another process was first
            return
        if version:
            raise StoreUnavailable(
                f"The search index has version {version}, not {SCHEMA_VERSION}.",
                remedy="Delete index.sqlite3: it is built anew.",
            )
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES (1, 0, 0, ?)", (secrets.token_bytes(32),))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "DEFERRED") -> Generator[None]:
    """One transaction: committed as a whole, or not at all."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
