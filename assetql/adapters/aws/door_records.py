"""What doors keep, in DynamoDB: records of one owner and kind share a partition.

The table's time to live clears away what has expired; until it does, reads pass over it.
"""

from datetime import datetime
from itertools import islice

from assetql.adapters.aws.actions import OVER_THE_LAST
from assetql.adapters.aws.items import Item, key_of
from assetql.adapters.aws.resources import EXPIRES
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.ports import Page

_RECORDS = Codec(DoorRecord)
_FREE = "attribute_not_exists(#pk) OR #dies <= :now"
_LAST = "\U0010ffff"  # sorts behind every key
_SECOND = 1_000_000  # micros


class DynamoDoorRecords:
    """The DoorRecords of the AWS family: one item each."""

    def __init__(self, doors: Table) -> None:
        self._table = doors

    def add(self, record: DoorRecord, *, now: datetime) -> DoorRecord | None:
        there = self._table.insert(_item(record), where=_FREE, values={"now": micros(now)})
        return _record(there) if there else None

    def get(self, owner: str, kind: RecordKind, key: str, *, now: datetime) -> DoorRecord | None:
        item = self._table.get(*_key(owner, kind, key))
        record = _record(item) if item else None
        return record if record and record.lives(now) else None

    def save(self, record: DoorRecord) -> None:
        self._table.replace(_item(record), OVER_THE_LAST, {"before": record.version - 1})

    def delete(self, owner: str, kind: RecordKind, key: str) -> None:
        self._table.delete(*_key(owner, kind, key))

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
        first = max(prefix, f"{after}\0" if after is not None else "")
        partition, start = _key(owner, kind, first)
        _, end = _key(owner, kind, prefix + _LAST)
        items = self._table.query(
            "#pk = :pk AND #sk BETWEEN :first AND :end",
            {"pk": partition, "first": start, "end": end},
            at_once=limit + 1,
        )
        living = (record for record in map(_record, items) if record.lives(now))
        found = tuple(islice(living, limit + 1))
        shown = found[:limit]
        return Page(shown, shown[-1].key if len(found) > limit else None)


def _key(owner: str, kind: RecordKind, key: str) -> tuple[str, str]:
    """Of an empty key, too; keys sort as they are."""
    return key_of(owner, kind.value), f"={key}"


def _item(record: DoorRecord) -> Item:
    pk, sk = _key(record.owner, record.kind, record.key)
    item: Item = {
        "pk": pk,
        "sk": sk,
        "version": record.version,
        "document": _RECORDS.encode(record),
    }
    if record.expires_at:
        item["dies"] = micros(record.expires_at)
        item[EXPIRES] = micros(record.expires_at) // _SECOND
    return item


def _record(item: Item) -> DoorRecord:
    return _RECORDS.decode(str(item["document"]))
