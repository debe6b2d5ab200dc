"""One SQLite file in WAL mode, shared by threads and processes."""

import os
import sqlite3
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assetql.adapters.local import schema
from assetql.domain.errors import StoreUnavailable, not_unicode
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
SqlRow = tuple[Any, ...]
Parameters = Sequence[str | int | float | bytes | None]

BUSY_SECONDS = 30.0
_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",  # in WAL mode a commit outlives a killed process
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)


def _remedy(error: sqlite3.Error) -> str:
    # Errors that Python itself raises carry no code.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return "The file is damaged: put back a copy of it, or set ASSETQL_HOME to a new folder."
    return "Check that its disk has room and that its folder may be written."


class Database:
    """A pool of connections to one file: each is used by one thread at a time.

    Faults of SQLite leave here as StoreUnavailable. A forked child opens connections of its own.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file, made with its tables where there is none.

        Raises: InvalidInput for a file of a newer version; StoreUnavailable.
        """
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._inherited: list[deque[sqlite3.Connection]] = []
        self._pid = os.getpid()
        self._closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"Can't make {path.parent}: {error}.") from error
        with self.connection() as connection:
            schema.ensure(connection)

    @contextmanager
    def connection(self) -> Generator[sqlite3.Connection]:
        """A connection in autocommit mode, for this block alone. Raises: StoreUnavailable."""
        connection: sqlite3.Connection | None = None
        try:
            connection = self._take()
            yield connection
        except sqlite3.Error as error:
            _EVENTS.warning("database.failed", error, path=str(self.path))
            raise StoreUnavailable(
                # Doors say this to strangers: no path, which the log has.
                f"The database {self.path.name} did not answer: {error}.",
                remedy=_remedy(error),
            ) from error
        except UnicodeEncodeError as error:
            raise not_unicode(error) from error
        finally:
            if connection is not None:
                self._put_back(connection)

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """One write transaction: all of the block, or nothing where it raises."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.rollback()

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """One statement as its own transaction; returns how many rows it wrote."""
        with self.connection() as connection:
            return connection.execute(sql, parameters).rowcount

    def rows(self, sql: str, parameters: Parameters = ()) -> list[SqlRow]:
        """All rows of one statement, which may write: its transaction has ended on return."""
        with self.connection() as connection:
            return connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> SqlRow | None:
        """The only row of one statement, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def close(self) -> None:
        """Closes the connections; those in use are closed when their block ends."""
        self._closed = True
        while connection := self._pop():
            connection.close()

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailable(f"The database {self.path.name} was closed.")
        if self._pid != os.getpid():
            # SQLite forbids a child to use its parent's connections, and even to close them.
            self._inherited.append(self._idle)
            self._idle, self._pid = deque(), os.getpid()
        return self._pop() or self._connect()

    def _pop(self) -> sqlite3.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # asking first would race with other threads
            return None

    def _put_back(self, connection: sqlite3.Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection
