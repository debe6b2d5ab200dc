"""Batches and their follow-ups in DynamoDB: a workspace's batches share a partition."""

import json
from itertools import islice
from uuid import uuid4

from assetql.adapters.aws.actions import (
    ABSENT,
    OVER_THE_LAST,
    WRITE,
    Action,
    Refused,
    check_action,
    put_action,
    transact,
)
from assetql.adapters.aws.items import Item, Value, key_of, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros
from assetql.domain.batch import Batch, FollowUp
from assetql.domain.errors import Conflict
from assetql.ports import Page

_BATCHES = Codec(Batch)
_FOLLOW_UPS = Codec(FollowUp)
_BY_AGE = "by_age"
_ACTIVE = "active"


class DynamoBatches:
    """The BatchStore of the AWS family."""

    def __init__(self, batches: Table) -> None:
        self._table = batches

    def create(self, batch: Batch, *, key: str) -> Batch:
        created: Item = {
            "pk": key_of(batch.workspace),
            "sk": key_of("key", key),
            "batch_id": batch.batch_id,
        }
        actions = [
            put_action(self._table.name, created, ABSENT),
            put_action(self._table.name, _item(batch), ABSENT),
        ]
        try:
            transact(self._table.client, actions, what=f"Table {self._table.name}")
        except Refused as refused:
            first = self.created(batch.workspace, key)
            if first:
                return first
            raise Conflict(
                f"There is a batch {batch.batch_id} already, of another request."
            ) from refused
        return batch

    def created(self, workspace: str, key: str) -> Batch | None:
        item = self._table.get(key_of(workspace), key_of("key", key))
        return self.get(workspace, str(item["batch_id"])) if item else None

    def get(self, workspace: str, batch_id: str) -> Batch | None:
        item = self._table.get(key_of(workspace), _sort(batch_id))
        return _batch(item) if item else None

    def save(self, batch: Batch) -> None:
        self._table.replace(_item(batch), OVER_THE_LAST, {"before": batch.version - 1})

    def page(self, workspace: str, *, after: str | None = None, limit: int = 50) -> Page[Batch]:
        condition = "#pk = :pk"
        values: dict[str, Value] = {"pk": key_of(workspace)}
        if after is not None:
            last = self.get(workspace, after)
            if last is None:
                return Page(())
            condition, values["age"] = f"{condition} AND #age < :age", _age(last)
        found = self._table.query(
            condition, values, index=_BY_AGE, forward=False, at_once=limit + 1
        )
        batches = tuple(map(_batch, islice(found, limit + 1)))
        return Page(batches[:limit], batches[limit - 1].batch_id if batches[limit:] else None)

    def active(self, *, after: str | None = None, limit: int = 100) -> Page[Batch]:
        # A scan goes on behind a key whether or not its item is still in the index.
        last = json.loads(after) if after else None
        scanned = self._table.scan(_ACTIVE, after=last, at_once=limit + 1)
        keys = [
            {name: item[name] for name in ("pk", "sk", _ACTIVE)}
            for item in islice(scanned, limit + 1)
        ]
        places = [(str(key["pk"]), str(key["sk"])) for key in keys[:limit]]
        there = {(item["pk"], item["sk"]): item for item in self._table.get_many(places)}
        # An index of the whole table may lag behind it.
        batches = [_batch(there[place]) for place in places if _ACTIVE in there.get(place, {})]
        return Page(tuple(batches), json.dumps(keys[limit - 1]) if keys[limit:] else None)

    def add_follow_up(self, follow_up: FollowUp) -> FollowUp:
        declared = self._declared(follow_up.workspace, follow_up.batch_id)
        item = _follow_up_item(follow_up) | {"number": 1 + max(map(_number, declared), default=0)}
        stored = self._table.insert(item)
        return _follow_up(stored) if stored else follow_up

    def follow_ups(self, workspace: str, batch_id: str) -> tuple[FollowUp, ...]:
        declared = sorted(self._declared(workspace, batch_id), key=_number)
        return tuple(map(_follow_up, declared))

    def _declared(self, workspace: str, batch_id: str) -> list[Item]:
        pk = key_of(workspace, batch_id)
        return list(self._table.query("#pk = :pk", {"pk": pk}))

    def save_follow_up(self, follow_up: FollowUp) -> None:
        item = _follow_up_item(follow_up)
        saved = self._table.update(
            str(item["pk"]),
            str(item["sk"]),
            f"SET #version = :version, #document = :document, #{WRITE} = :write",
            # A write whose reply was lost is tried again, and finds itself.
            condition=f"{OVER_THE_LAST} OR #{WRITE} = :write",
            values={
                "version": follow_up.version,
                "document": item["document"],
                "write": uuid4().hex,
                "before": follow_up.version - 1,
            },
        )
        if saved is None:
            raise Conflict(
                f"Follow-up {follow_up.follow_up_id} moved on before version {follow_up.version}."
            )


def save_action(table: Table, batch: Batch) -> Action:
    """`BatchStore.save` as a part of a transaction of the caller's."""
    return put_action(table.name, _item(batch), OVER_THE_LAST, {"before": batch.version - 1})


def stored_action(table: Table, batch: Batch) -> Action:
    """The batch has not moved on: a condition of the caller's transaction."""
    place = key_of(batch.workspace), _sort(batch.batch_id)
    return check_action(table.name, *place, "#version = :now", {"now": batch.version})


def _sort(batch_id: str) -> str:
    return key_of("batch", batch_id)


def _age(batch: Batch) -> str:
    return f"{micros(batch.created_at):020}#{key_of(batch.batch_id)}"


def _item(batch: Batch) -> Item:
    item: Item = {
        "pk": key_of(batch.workspace),
        "sk": _sort(batch.batch_id),
        "age": _age(batch),
        "version": batch.version,
        "document": _BATCHES.encode(batch),
    }
    begun = batch.started_at is not None or batch.cancelled_at is not None
    return item | ({_ACTIVE: "yes"} if begun and not batch.closed else {})


def _batch(item: Item) -> Batch:
    return _BATCHES.decode(str(item["document"]))


def _follow_up_item(follow_up: FollowUp) -> Item:
    return {
        "pk": key_of(follow_up.workspace, follow_up.batch_id),
        "sk": key_of("follow_up", follow_up.follow_up_id),
        "version": follow_up.version,
        "document": _FOLLOW_UPS.encode(follow_up),
    }


def _follow_up(item: Item) -> FollowUp:
    return _FOLLOW_UPS.decode(str(item["document"]))


def _number(follow_up: Item) -> int:
    """Which one it was to be declared."""
    return whole(follow_up, "number")
