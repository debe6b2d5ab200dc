"""The queue, the objects and the search index."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol

from assetql.domain.asset import Asset
from assetql.domain.search import HitPage, SearchQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as it was received; `body` is whatever was sent."""

    message_id: str
    receipt: str
    body: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages wait, are being worked on, and were given up."""

    visible: int
    in_flight: int
    dead: int


class TaskQueue(Protocol):
    """At least once, with visibility timeouts; given up to the dead letters after many receipts."""

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta(0)) -> None:
        """`bodies`: text that is not empty, such as JSON."""
        ...

    def receive(
        self, *, limit: int, visibility: timedelta, wait: timedelta = timedelta(0)
    ) -> tuple[Delivery, ...]: ...

    def extend(self, delivery: Delivery, visibility: timedelta) -> None: ...

    def ack(self, delivery: Delivery) -> None:
        """Deletes it; harmless where it is gone."""
        ...

    def receive_dead(self, *, limit: int, visibility: timedelta) -> tuple[Delivery, ...]: ...

    def ack_dead(self, delivery: Delivery) -> None: ...

    def depth(self) -> QueueDepth: ...


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A POST to `url` as multipart/form-data: first the `fields`, then the file as `file`."""

    url: str
    fields: Mapping[str, str]


class ObjectStore(Protocol):
    """Bytes by key, under `raw/ thumbnails/ exports/ style-references/ uploads/`."""

    def put(self, key: str, data: bytes, *, media_type: str) -> None: ...

    def get(self, key: str) -> bytes:
        """Raises: NotFound."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None: ...

    def keys(self, prefix: str) -> Iterator[str]: ...

    def writer(self, key: str, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        """A seekable file; the object appears whole when the block ends without an error."""
        ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Raises: NotFound."""
        ...

    def link(self, key: str, *, filename: str, valid_for: timedelta) -> str:
        """A link to download it, signed now where the store signs."""
        ...

    def upload_form(
        self, key: str, *, media_type: str, max_bytes: int, valid_for: timedelta
    ) -> UploadForm | None:
        """Lets whoever has it put one object, once or again, of that type and 1 to `max_bytes`.

        None where the store signs nothing: a door then takes the file in itself.
        """
        ...


class SearchIndex(Protocol):
    """Assets as they are found. It holds nothing that the asset store can't bring back.

    Families feed it each in their own way: some are pushed what changes (`apply`), some pull it
    from their own store (`catch_up`). Both come to the same in any order, and again: of each asset
    the newest version wins, for versions only rise and no asset is ever deleted.
    """

    def apply(self, assets: Sequence[Asset]) -> None:
        """Takes these versions in: all of them are found by `query` afterwards, or it raises."""
        ...

    def catch_up(self) -> None:
        """What was applied anywhere before, and what the family's feed holds, is found after it.

        Without it a query may answer from what it has looked at a moment ago.
        """
        ...

    def query(self, workspace: str, query: SearchQuery, *, cursor: str | None = None) -> HitPage:
        """Raises: InvalidInput for a cursor that this index did not give for this query."""
        ...
