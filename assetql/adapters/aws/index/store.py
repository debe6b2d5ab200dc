"""The search index in S3: immutable segments, which readers merge in memory."""

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from threading import Lock
from typing import Any

from assetql.adapters.aws.index.reader import Reader
from assetql.adapters.aws.index.shelf import Gone, Shelf, signing_key
from assetql.adapters.aws.index.tidying import tidy
from assetql.adapters.aws.index.writing import written
from assetql.adapters.search import cursor as cursors
from assetql.adapters.search.answer import answer, check
from assetql.adapters.search.cursor import Place
from assetql.domain.asset import Asset
from assetql.domain.errors import Unavailable
from assetql.domain.search import HitPage, SearchQuery
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
_WORKSPACES_HELD = 4
_TIDIES_EVERY = 8  # segments, by their names, so that no process has to count


class SegmentIndex:
    """Any number of processes may apply and query at once: nothing is ever written over."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._lock = Lock()
        self._readers: dict[str, Reader] = {}
        self._wanted = 0  # rises when readers have to look again

    def catch_up(self) -> None:
        self._wanted += 1  # the table's stream pushes: there is nothing to pull

    def apply(self, assets: Sequence[Asset]) -> None:
        ordered = sorted(assets, key=lambda each: (each.workspace, each.asset_id, each.version))
        for workspace, group in groupby(ordered, key=lambda each: each.workspace):
            newest = {each.asset_id: each for each in group}  # the last one is the newest
            self._put(workspace, list(newest.values()))
        self._wanted += 1

    def _put(self, workspace: str, assets: Sequence[Asset]) -> None:
        shelf = self._reader(workspace).shelf
        name, data = written(assets)
        shelf.put(name, data)
        if int(name[-3:-2], 16) % _TIDIES_EVERY == 0:
            try:
                tidy(shelf)
            except (Gone, Unavailable) as error:  # it is found all the same
                _EVENTS.warning("index.not_tidied", error, workspace=workspace)

    def query(self, workspace: str, query: SearchQuery, *, cursor: str | None = None) -> HitPage:
        check(query)
        after = None
        if cursor is not None:
            after = cursors.decode(cursor, workspace=workspace, query=query, key=self._key)
        reader = self._reader(workspace)
        with reader.lock:
            try:
                return self._answer(reader, workspace, query, after)
            except Gone:  # its embeddings were merged and deleted: read anew
                reader.start_anew()
                return self._answer(reader, workspace, query, after)

    def _answer(
        self, reader: Reader, workspace: str, query: SearchQuery, after: Place | None
    ) -> HitPage:
        reader.refresh(self._wanted)
        return answer(reader.snapshot, query, after, workspace=workspace, key=self._key)

    def _reader(self, workspace: str) -> Reader:
        with self._lock:
            reader = self._readers.pop(workspace, None)
            if reader is None:
                reader = Reader(Shelf(self._client, self._bucket, workspace))
            self._readers[workspace] = reader  # the last one used is the last one let go
            if len(self._readers) > _WORKSPACES_HELD:
                del self._readers[next(iter(self._readers))]
            return reader

    @cached_property
    def _key(self) -> bytes:
        return signing_key(self._client, self._bucket)
