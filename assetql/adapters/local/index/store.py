"""The search index in a SQLite file of its own, with the filters' columns held in memory."""

import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assetql.adapters.local.index import schema, writer
from assetql.adapters.local.index.source import SqliteSource
from assetql.adapters.search import cursor as cursors
from assetql.adapters.search.answer import answer, check
from assetql.adapters.search.snapshot import Snapshot
from assetql.domain.asset import Asset
from assetql.domain.search import HitPage, SearchQuery

# What changed behind a position, a part at a time: (position, asset) in order of position.
Feed = Callable[[int], Sequence[tuple[int, Asset]]]

_WORKSPACES_HELD = 8


def no_feed(_: int) -> tuple[tuple[int, Asset], ...]:
    """Nothing ever changes: for an index that takes in only what is applied."""
    return ()


class SqliteIndex:
    """Several processes may apply and query at once; each keeps its own columns fresh.

    The file holds nothing that the change feed can't bring back: delete it to build it anew.
    """

    def __init__(self, path: Path, feed: Feed = no_feed) -> None:
        self._feed = feed
        path.parent.mkdir(parents=True, exist_ok=True)
        self._reading, self._writing = threading.Lock(), threading.Lock()
        with schema.faults():
            self._reader = schema.connect(path)
            self._writer = schema.connect(path)
        self._held: dict[int, Snapshot] = {}

    def close(self) -> None:
        """Gives the file back."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def position(self) -> int:
        """How far into the feed it has caught up."""
        with self._reading, schema.faults():
            return self._reader.execute("SELECT position FROM meta").fetchone()[0]

    def catch_up(self) -> None:
        while changes := self._feed(self.position()):
            with self._written() as connection:
                writer.apply(connection, [asset for _, asset in changes])
                writer.move(connection, changes[-1][0])

    def apply(self, assets: Sequence[Asset]) -> None:
        if assets:
            with self._written() as connection:
                writer.apply(connection, assets)

    @contextmanager
    def _written(self) -> Generator[sqlite3.Connection]:
        with (
            self._writing,
            schema.faults(),
            schema.transaction(self._writer, "IMMEDIATE"),
        ):
            yield self._writer

    def query(self, workspace: str, query: SearchQuery, *, cursor: str | None = None) -> HitPage:
        check(query)
        with self._reading, schema.faults(), schema.transaction(self._reader):
            revision, key, number = self._reader.execute(
                "SELECT revision, key, (SELECT number FROM workspace WHERE name = ?) FROM meta",
                (workspace,),
            ).fetchone()
            after = None
            if cursor is not None:
                after = cursors.decode(cursor, workspace=workspace, query=query, key=key)
            if number is None:
                return HitPage(hits=(), total=0)
            snapshot = self._snapshot(number, revision)
            return answer(snapshot, query, after, workspace=workspace, key=key)

    def _snapshot(self, workspace: int, revision: int) -> Snapshot:
        source = SqliteSource(workspace, self._reader)
        snapshot = self._held.pop(workspace, None) or Snapshot(source)
        columns = snapshot.columns
        if columns.revision != revision:
            ids, documents = source.changed_since(columns.revision)
            columns.take(ids, documents, gone=ids)
            columns.revision = revision
        self._held[workspace] = snapshot  # the last one used is the last one let go
        if len(self._held) > _WORKSPACES_HELD:
            del self._held[next(iter(self._held))]
        return snapshot
