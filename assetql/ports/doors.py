"""What doors keep for themselves, beside the tables of the pipeline."""

from datetime import datetime
from typing import Protocol

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.ports.basics import Page


class DoorRecords(Protocol):
    """Small records by (owner, kind, key). What has expired is not there, and is cleared away."""

    def add(self, record: DoorRecord, *, now: datetime) -> DoorRecord | None:
        """Stores it where nothing lives; else changes nothing and returns what is there."""
        ...

    def get(
        self, owner: str, kind: RecordKind, key: str, *, now: datetime
    ) -> DoorRecord | None: ...

    def save(self, record: DoorRecord) -> None:
        """Raises: Conflict."""
        ...

    def delete(self, owner: str, kind: RecordKind, key: str) -> None:
        """Harmless where nothing is."""
        ...

    def page(
        self,
        owner: str,
        kind: RecordKind,
        *,
        now: datetime,
        prefix: str = "",
        after: str | None = None,
        limit: int = 50,
    ) -> Page[DoorRecord]:
        """Those whose key begins with `prefix`, in order of their keys."""
        ...
