"""What doors keep, in SQLite."""

from datetime import datetime

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.database import Database
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict
from assetql.ports import Page

_RECORDS = Codec(DoorRecord)
_CLEARED = 20  # records that an `add` clears away, so that they never pile up

_CLEAR = (
    "DELETE FROM door_records WHERE rowid IN"
    " (SELECT rowid FROM door_records WHERE expires_at<=? LIMIT ?)"
)
_CLEAR_ONE = "DELETE FROM door_records WHERE owner=? AND kind=? AND key=? AND expires_at<=?"
_STORED = "SELECT document FROM door_records WHERE owner=? AND kind=? AND key=?"
_LIVING = (
    "SELECT document FROM door_records WHERE owner=? AND kind=? AND key=?"
    " AND (expires_at IS NULL OR expires_at>?)"
)
_PAGE = (
    "SELECT document FROM door_records WHERE owner=? AND kind=? AND key>=? AND key>?"
    " AND substr(key, 1, ?)=? AND (expires_at IS NULL OR expires_at>?) ORDER BY key LIMIT ?"
)
_SAVE = (
    "UPDATE door_records SET expires_at=?, version=?, document=?"
    " WHERE owner=? AND kind=? AND key=? AND version=?"
)


class SqliteDoorRecords:
    """The DoorRecords of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: DoorRecord, *, now: datetime) -> DoorRecord | None:
        key = (record.owner, record.kind.value, record.key)
        with self._database.transaction() as connection:
            connection.execute(_CLEAR, (micros(now), _CLEARED))
            connection.execute(_CLEAR_ONE, (*key, micros(now)))
            there = connection.execute(_STORED, key).fetchone()
            if there:
                return _RECORDS.decode(there[0])
            connection.execute(
                "INSERT INTO door_records VALUES (?, ?, ?, ?, ?, ?)", (*key, *_columns(record))
            )
        return None

    def get(self, owner: str, kind: RecordKind, key: str, *, now: datetime) -> DoorRecord | None:
        row = self._database.row(_LIVING, (owner, kind.value, key, micros(now)))
        return _RECORDS.decode(row[0]) if row else None

    def save(self, record: DoorRecord) -> None:
        key = (record.owner, record.kind.value, record.key)
        if not self._database.execute(_SAVE, (*_columns(record), *key, record.version - 1)):
            raise Conflict(f"Record {record.key} moved on before version {record.version}.")

    def delete(self, owner: str, kind: RecordKind, key: str) -> None:
        self._database.execute(
            "DELETE FROM door_records WHERE owner=? AND kind=? AND key=?", (owner, kind.value, key)
        )

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
        under = (owner, kind.value, prefix, after or "", len(prefix), prefix)
        rows = self._database.rows(_PAGE, (*under, micros(now), limit + 1))
        found = tuple(_RECORDS.decode(row[0]) for row in rows[:limit])
        return Page(found, found[-1].key if len(rows) > limit else None)


def _columns(record: DoorRecord) -> tuple[int | None, int, str]:
    expires = micros(record.expires_at) if record.expires_at else None
    return expires, record.version, _RECORDS.encode(record)
