"""The audit log in DynamoDB."""

from collections.abc import Iterator
from hashlib import sha256
from heapq import merge
from itertools import islice

from assetql.adapters.aws.items import Item, key_of
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros
from assetql.domain.audit import AuditRecord

_RECORDS = Codec(AuditRecord)
_PARTITIONS = 4  # of each workspace, 1,000 records a second each; a page asks all of them


class DynamoAudit:
    """The AuditLog of the AWS family: a record's id says in which of a few partitions it is."""

    def __init__(self, audit: Table) -> None:
        self._table = audit

    def record(self, record: AuditRecord) -> None:
        self._table.insert(
            {
                "pk": _partition(record.workspace, _number(record.record_id)),
                "sk": key_of(record.record_id),
                "time": f"{micros(record.at):020d}",
                "document": _RECORDS.encode(record),
            }
        )

    def page(self, workspace: str, *, limit: int = 100) -> tuple[AuditRecord, ...]:
        share = limit // _PARTITIONS + 1
        partitions = [self._newest(workspace, number, share) for number in range(_PARTITIONS)]
        newest = merge(*partitions, key=_time, reverse=True)
        return tuple(_RECORDS.decode(str(item["document"])) for item in islice(newest, limit))

    def _newest(self, workspace: str, number: int, at_once: int) -> Iterator[Item]:
        partition = {"pk": _partition(workspace, number)}
        return self._table.query(
            "#pk = :pk", partition, index="by_time", forward=False, at_once=at_once
        )


def _partition(workspace: str, number: int) -> str:
    return key_of(workspace, number)


def _number(record_id: str) -> int:
    return sha256(record_id.encode()).digest()[0] % _PARTITIONS


def _time(item: Item) -> str:
    return str(item["time"])
