"""Checkpoints as items of a thread's partition, and as objects where they are large.

`checkpoint#NAMESPACE#ID` is a checkpoint, and what begins with that key its pending writes. The
serialized value is compressed; above 300 KB it is an object of the bucket, which is there before
its item is and goes after it has gone.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from typing import Any, cast
from uuid import uuid4

from langgraph.checkpoint.base import WRITES_IDX_MAP, Checkpoint, PendingWrite, writes_sort_key
from langgraph.checkpoint.serde.base import SerializerProtocol

from agent.savers.fence import Fence, stale
from assetql.adapters.aws.actions import Action, Refused, put_action, transact
from assetql.adapters.aws.items import Item, key_of, keys
from assetql.adapters.aws.objects import S3Objects
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.turns import finish_action, held_check, thread_partition
from assetql.domain.errors import Unavailable

_LARGE = 300_000  # compressed bytes; an item has 400 KB at most
_AT_ONCE = 98  # actions of one transaction besides the fence's, of at most 100
_BYTES_AT_ONCE = 3_000_000  # of at most 4 MB
_CHECKPOINT = "checkpoint"
_FAST = 1  # zlib's level: a turn waits for it


@dataclass(frozen=True, slots=True)
class Stored:
    """A checkpoint as the table has it, and its pending writes."""

    item: Item
    writes: tuple[Item, ...] = ()

    @property
    def checkpoint_id(self) -> str:
        """Newer ones sort behind older ones."""
        return str(self.item["checkpoint_id"])

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything that is there of it."""
        return (self.item, *self.writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One transaction's worth, or more: the fence is checked in each, the last ends the turn."""

    puts: Sequence[Item] = ()
    deletes: Sequence[Item] = ()
    consumed: int | None = None  # ends the turn, which has answered up to this position


@dataclass(frozen=True, slots=True)
class CheckpointItems:
    """The checkpoints of all threads. Every method raises StoreUnavailable for faults."""

    table: Table
    objects: S3Objects
    serde: SerializerProtocol = field(repr=False)

    def stored(
        self, thread: tuple[str, str], namespace: str | None, checkpoint_id: str | None = None
    ) -> list[Stored]:
        """Those of one namespace, or of all; newest first in each."""
        prefix = f"{_CHECKPOINT}#"
        if namespace is not None:
            prefix = f"{key_of(_CHECKPOINT, namespace, checkpoint_id or '')}"
        found = self.table.query(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            {"pk": thread_partition(*thread), "prefix": prefix},
            forward=False,
        )
        return list(_grouped(found))

    def checkpoint_item(
        self,
        thread: tuple[str, str],
        namespace: str,
        checkpoint: Checkpoint,
        *,
        parent: str | None,
        metadata: Mapping[str, Any],
    ) -> Item:
        """The item of a checkpoint."""
        item = self._item(thread, namespace, checkpoint["id"], (), checkpoint)
        item["metadata"] = json.dumps(metadata, ensure_ascii=False)
        return item | ({"parent": parent} if parent else {})

    def write_items(
        self,
        thread: tuple[str, str],
        namespace: str,
        checkpoint_id: str,
        writes: Mapping[tuple[str, int], tuple[str, str, Any]],
    ) -> list[Item]:
        """An item for each pending write: (task, index) to (task's path, channel, value)."""
        return [
            self._item(thread, namespace, checkpoint_id, (task, index), value)
            | {"task": task, "index": index, "path": path, "channel": channel}
            for (task, index), (path, channel, value) in writes.items()
        ]

    def _item(
        self,
        thread: tuple[str, str],
        namespace: str,
        checkpoint_id: str,
        write: tuple[str, int] | tuple[()],
        value: object,
    ) -> Item:
        kind, data = self.serde.dumps_typed(value)
        return {
            "pk": thread_partition(*thread),
            "sk": key_of(_CHECKPOINT, namespace, checkpoint_id, *write),
            "namespace": namespace,
            "checkpoint_id": checkpoint_id,
            "kind": kind,
            "data": zlib.compress(data, _FAST),
        }

    def value(self, item: Item) -> Any:
        """What the item was made of."""
        data = item.get("data")
        packed = self.objects.get(str(item["object"])) if data is None else cast("bytes", data)
        return self.serde.loads_typed((str(item["kind"]), zlib.decompress(packed)))

    def commit(self, fence: Fence, change: Change) -> list[Item]:
        """Carries it out while the turn holds its thread; returns the puts as they are stored.

        Raises: StaleClaim.
        """
        puts = [self._offloaded(fence, item) for item in change.puts]
        partition = thread_partition(fence.workspace, fence.thread_id)
        guard = held_check(self.table.name, partition, fence.token)
        *earlier, last = _transactions(self.table.name, puts, change.deletes)
        try:
            for actions in earlier:
                self._transact([guard, *actions])
            if change.consumed is not None:
                guard = finish_action(self.table.name, partition, fence.token, change.consumed)
            self._transact([guard, *last])
        except Refused as refused:
            self.forget_objects(puts)
            raise stale(fence) from refused
        self.forget_objects(change.deletes)
        return puts

    def _transact(self, actions: Sequence[Action]) -> None:
        transact(self.table.client, actions, what=f"Table {self.table.name}")

    def _offloaded(self, fence: Fence, item: Item) -> Item:
        data = cast("bytes", item["data"])
        if len(data) <= _LARGE:
            return item
        # A name of its own each time: who is refused and cleans up takes nobody else's object.
        thread = sha256(fence.thread_id.encode()).hexdigest()
        key = f"checkpoints/{fence.workspace}/{thread}/{uuid4().hex}"
        self.objects.put(key, data, media_type="application/octet-stream")
        return {name: value for name, value in item.items() if name != "data"} | {"object": key}

    def forget_objects(self, items: Iterable[Item]) -> None:
        """Deletes the objects that these items named; one that stays costs its storage alone."""
        for item in items:
            if "object" in item:
                with suppress(Unavailable):
                    self.objects.delete(str(item["object"]))

    def delete(self, thread: tuple[str, str]) -> None:
        """Forgets all checkpoints of a thread, whoever holds it."""
        items = [item for stored in self.stored(thread, None) for item in stored.items]
        for actions in _transactions(self.table.name, (), items):
            if actions:
                self._transact(actions)
        self.forget_objects(items)


def numbered(writes: Sequence[tuple[str, Any]]) -> Iterator[tuple[int, str, Any]]:
    """(index, channel, value): one's place in the list, or the special channel's own number."""
    for index, (channel, value) in enumerate(writes):
        yield WRITES_IDX_MAP.get(channel, index), channel, value


def in_order(writes: Mapping[tuple[str, int], tuple[str, str, Any]]) -> list[PendingWrite]:
    """Pending writes as LangGraph reads them."""
    ordered = sorted(
        writes.items(), key=lambda write: writes_sort_key(write[1][0], write[0][0], write[0][1])
    )
    return [(task, channel, value) for (task, _), (_, channel, value) in ordered]


def _grouped(items: Iterable[Item]) -> Iterator[Stored]:
    """Descending keys: the writes of a checkpoint come right before it."""
    for _, group in groupby(items, key=lambda item: (item["namespace"], item["checkpoint_id"])):
        *writes, item = group
        # Writes without their checkpoint are those of one that was never stored.
        if "task" not in item:
            yield Stored(item, tuple(writes))


def _transactions(
    table: str, puts: Sequence[Item], deletes: Sequence[Item]
) -> Iterator[list[Action]]:
    """At least one, each within the service's limits; puts first."""
    actions: list[Action] = []
    size = 0
    for item in puts:
        length = len(cast("bytes", item.get("data", b"")))
        if len(actions) == _AT_ONCE or size + length > _BYTES_AT_ONCE:
            yield actions
            actions, size = [], 0
        actions.append(put_action(table, item))
        size += length
    for item in deletes:
        if len(actions) == _AT_ONCE:
            yield actions
            actions = []
        key = keys(str(item["pk"]), str(item["sk"]))
        actions.append({"Delete": {"TableName": table, "Key": key}})
    yield actions
