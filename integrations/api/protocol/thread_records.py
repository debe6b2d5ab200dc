"""Threads as clients of the protocol find them: begun at any door, with what a client noted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict, NotFound
from assetql.domain.thread import Thread
from assetql.services import Services

MOST_LISTED = 1_000  # of a workspace: those with the newest activity
_PAGE = 200
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThread:
    """A thread of the workspace."""

    thread_id: str
    created_at: datetime
    updated_at: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ThreadRecords:
    """The threads of one workspace."""

    services: Services
    workspace: str

    def find(self, thread_id: str) -> KnownThread:
        """Raises: NotFound."""
        record = self._record(thread_id)
        said = self.services.stores.inbox.thread(self.workspace, thread_id)
        if (record is None and said is None) or (record and record.document.get("deleted")):
            raise NotFound("thread", thread_id, remedy="Create it, or search for those there are.")
        known = _known(thread_id, record, said)
        begun = None if record else self._begun(thread_id)
        return replace(known, created_at=begun) if begun else known

    def create(self, thread_id: str, metadata: Mapping[str, Any], *, reuse: bool) -> KnownThread:
        """A thread in which nothing was said yet. Raises: Conflict where it is there already."""
        now = self.services.clock.now()
        said = self.services.stores.inbox.thread(self.workspace, thread_id)
        record = DoorRecord(
            owner=self.workspace,
            kind=RecordKind.THREAD,
            key=thread_id,
            created_at=now,
            document={"metadata": dict(metadata), "updated_at": now.isoformat()},
        )
        there = self.services.stores.doors.add(record, now=now)
        if there and there.document.get("deleted"):
            raise Conflict(
                f"Thread {thread_id!r} was deleted.",
                remedy="Its id is not used again: take another.",
            )
        if (there or said) and not reuse:
            raise Conflict(
                f"Thread {thread_id!r} exists.", remedy="Send if_exists=do_nothing to use it."
            )
        return _known(thread_id, there or record, said)

    def ensure(self, thread_id: str) -> None:
        """Creates it where it is not there. Raises: Conflict where it was deleted."""
        try:
            self.find(thread_id)
        except NotFound:
            self.create(thread_id, {}, reuse=True)

    def patch(self, thread_id: str, metadata: Mapping[str, Any]) -> KnownThread:
        """Merges into its metadata. Raises: NotFound; Conflict after several tries."""
        doors = self.services.stores.doors
        for _ in range(_TRIES):
            known = self.find(thread_id)
            now = self.services.clock.now()
            document = {"metadata": {**known.metadata, **metadata}, "updated_at": now.isoformat()}
            record = self._record(thread_id)
            if record is None:
                new = DoorRecord(
                    owner=self.workspace,
                    kind=RecordKind.THREAD,
                    key=thread_id,
                    created_at=known.created_at,
                    document=document,
                )
                if doors.add(new, now=now) is None:
                    return self.find(thread_id)
                continue
            changed = replace(record, document=document, version=record.version + 1)
            try:
                doors.save(changed)
            except Conflict:
                continue
            return self.find(thread_id)
        raise Conflict(f"Thread {thread_id!r} is being changed by others.", remedy="Try again.")

    def all(self) -> list[KnownThread]:
        """Those of this protocol and of every other door, in no order."""
        newest = self.services.stores.inbox.threads(self.workspace, MOST_LISTED)
        said = {thread.thread_id: thread for thread in newest}
        records = {record.key: record for record in self._records()}
        gone = {key for key, record in records.items() if record.document.get("deleted")}
        return [
            _known(thread_id, records.get(thread_id), said.get(thread_id))
            for thread_id in dict.fromkeys([*said, *records])
            if thread_id not in gone
        ]

    def _records(self) -> Iterator[DoorRecord]:
        now, after = self.services.clock.now(), None
        while True:
            page = self.services.stores.doors.page(
                self.workspace, RecordKind.THREAD, now=now, after=after, limit=_PAGE
            )
            yield from page.items
            after = page.cursor
            if after is None:
                return

    def _record(self, thread_id: str) -> DoorRecord | None:
        now = self.services.clock.now()
        return self.services.stores.doors.get(self.workspace, RecordKind.THREAD, thread_id, now=now)

    def _begun(self, thread_id: str) -> datetime | None:
        messages = self.services.stores.inbox.after(self.workspace, thread_id, 0)
        return messages[0].created_at if messages else None


def _known(thread_id: str, record: DoorRecord | None, said: Thread | None) -> KnownThread:
    """From one of the two, or both."""
    document = cast("dict[str, Any]", record.document) if record else {}
    times = [datetime.fromisoformat(document["updated_at"])] if record else []
    times += [said.updated_at] if said else []
    return KnownThread(
        thread_id=thread_id,
        created_at=record.created_at if record else min(times),
        updated_at=max(times),
        metadata=document.get("metadata", {}),
    )
