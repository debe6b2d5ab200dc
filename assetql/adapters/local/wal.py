"""WAL: readers and a writer at once, in several processes."""

import sqlite3
import time

_TRIES = 200
_PAUSE = 0.05  # seconds


def use_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for others when it changes the journal mode, so this does.

    Raises: sqlite3.OperationalError.
    """
    for _ in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_PAUSE)
        else:
            return
    raise sqlite3.OperationalError("the file stayed locked while WAL mode was set")
