"""Asks the full-text table, newest first."""

import sqlite3
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.document import TIE_BITS

_SELECT = "SELECT rowid FROM text WHERE text MATCH ? AND rowid >= ? ORDER BY rowid LIMIT ?"


def all_ids(connection: sqlite3.Connection, expression: str) -> NDArray[np.int64]:
    """Every document that matches."""
    found = connection.execute("SELECT rowid FROM text WHERE text MATCH ?", (expression,))
    return np.array([row[0] for row in found], dtype=np.int64)


def newest_ids(
    connection: sqlite3.Connection, expression: str, *, least: int = 0, chunk: int = 64
) -> Iterator[NDArray[np.int64]]:
    """Documents that match, in growing chunks that end between milliseconds.

    So whoever stops after a chunk has all documents of every millisecond that was met, and can
    settle their order.
    """
    while True:
        found = connection.execute(_SELECT, (expression, least, chunk)).fetchall()
        ids = np.array(found, dtype=np.int64).ravel()
        if len(ids) < chunk:
            yield ids
            return
        whole = ids[ids >> TIE_BITS < ids[-1] >> TIE_BITS]
        chunk *= 4
        if len(whole):
            least = int(ids[-1] >> TIE_BITS << TIE_BITS)
            yield whole
