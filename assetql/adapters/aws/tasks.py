"""Tasks in DynamoDB: in chunks of a batch's rows, each moved by one conditional write."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from assetql.adapters.aws.actions import (
    ABSENT,
    AT_ONCE,
    OVER_THE_LAST,
    Action,
    Refused,
    put_action,
    transact,
)
from assetql.adapters.aws.assets import asset_item
from assetql.adapters.aws.batches import DynamoBatches, stored_action
from assetql.adapters.aws.chunks import chunk_of_task, read_chunks, task_partition, task_sort
from assetql.adapters.aws.directory import Directory
from assetql.adapters.aws.items import Item, Value, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.tallies import OUTLINE, Tallies
from assetql.adapters.codec import Codec, micros, moment
from assetql.domain.asset import Asset
from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict, StaleClaim
from assetql.domain.ledger import Tally
from assetql.domain.task import Task, TaskKey, TaskStatus
from assetql.pipeline.paging import items_of
from assetql.ports import Page

_TASKS = Codec(Task)
_LEASES = "leases"
_BYTES_AT_ONCE = 3_000_000  # a transaction may hold 4 MB
_BYTES_OF_A_CHARACTER = 12  # at most, as JSON carries it
_UNLEASED = "(attribute_not_exists(#lease_until) OR #lease_until <= :ended)"


class DynamoTasks:
    """The TaskStore of the AWS family."""

    def __init__(self, tasks: Table, *, assets: Table, batches: Table) -> None:
        self._table = tasks
        self._assets = assets
        self._batch_table = batches
        self._batches = DynamoBatches(batches)
        self._directory = Directory(tasks)
        self._tallies = Tallies(tasks, self._directory)

    def add(self, tasks: Iterable[Task]) -> int:
        added = chunks = 0
        last: TaskKey | None = None
        for group in _groups(tasks, AT_ONCE):
            self._insert(group)
            added += len(group)
            chunks = max(chunks, *(chunk_of_task(task.key.task_id) + 1 for task in group))
            last = group[-1].key
        if last:
            self._directory.grow(last.workspace, last.batch_id, chunks)
        return added

    def _insert(self, tasks: list[Task]) -> None:
        # Not batch writes: they take no condition, and would put back a task that moved on.
        actions = [put_action(self._table.name, _item(task), ABSENT) for task in tasks]
        while actions:
            try:
                transact(self._table.client, actions, what=self._what)
            except Refused as refused:
                actions = [new for n, new in enumerate(actions) if not refused.failed(n)]
            else:
                return

    def get(self, key: TaskKey) -> Task | None:
        item = self._table.get(*_place(key))
        return _task(item) if item else None

    def save(self, task: Task, *, lease_ended_by: datetime | None = None) -> None:
        condition, values = OVER_THE_LAST, {"before": task.version - 1}
        if lease_ended_by is not None:
            condition = f"{condition} AND {_UNLEASED}"
            values["ended"] = micros(lease_ended_by)
        self._table.replace(_item(task), condition, values)

    def requeue(self, tasks: Sequence[Task], *, reopened: Batch) -> tuple[Task, ...]:
        condition = stored_action(self._batch_table, reopened)
        groups = _groups(tasks, AT_ONCE - 1)
        return tuple(task for group in groups for task in self._save_all(group, condition))

    def _save_all(self, tasks: list[Task], condition: Action) -> list[Task]:
        """Those that have not moved on. Raises: Conflict where the condition does not hold."""
        while tasks:
            actions = [condition, *map(self._move, tasks)]
            try:
                transact(self._table.client, actions, what=self._what)
            except Refused as refused:
                if refused.failed(0):
                    batch_id = tasks[0].key.batch_id
                    raise Conflict(f"Batch {batch_id} moved on from its version.") from refused
                tasks = [task for n, task in enumerate(tasks, start=1) if not refused.failed(n)]
            else:
                break
        return tasks

    def commit(self, task: Task, asset: Asset) -> None:
        moved = self._move(task)
        made = put_action(self._assets.name, asset_item(asset), ABSENT)
        try:
            transact(self._table.client, [moved, made], what=self._what)
        except Refused as refused:
            raise Conflict(
                f"Task {task.key.task_id} moved on before version {task.version}, "
                f"or there is an asset {asset.asset_id} already."
            ) from refused

    def extend(self, key: TaskKey, *, token: int, until: datetime) -> None:
        extended = self._table.update(
            *_place(key),
            "SET #lease_until = :until",
            condition="#token = :token AND #status = :generating",
            values={
                "until": micros(until),
                "token": token,
                "generating": TaskStatus.GENERATING.value,
            },
        )
        if extended is None:
            raise StaleClaim(f"Token {token} no longer holds task {key.task_id}.")

    def page(
        self,
        workspace: str,
        batch_id: str,
        *,
        status: TaskStatus | None = None,
        after: str | None = None,
        limit: int = 500,
    ) -> Page[Task]:
        first = chunk_of_task(after) if after else 0
        chunks = self._directory.read(workspace, batch_id).holding(status)
        found = read_chunks(
            self._table,
            [(chunk, task_partition(workspace, batch_id, chunk)) for chunk in chunks],
            after=(first, task_sort(after)) if after else None,
            limit=limit,
            only="#status = :status" if status else None,
            values={"status": status.value} if status else {},
        )
        items = tuple(map(_task, found[:limit]))
        return Page(items, items[-1].key.task_id if len(found) > limit else None)

    def tally(self, workspace: str, batch_id: str) -> Tally:
        return self._tallies.of(workspace, batch_id)

    def expired(self, now: datetime, limit: int = 100) -> tuple[Task, ...]:
        leases = list(
            self._table.scan(_LEASES, only="#lease_until < :now", values={"now": micros(now)})
        )
        leases.sort(key=_leased_until)
        # An index of the whole table may lag behind it.
        there = self._read(leases[:limit])
        held = [(task.lease.until, task) for task in there if task.lease]
        held.sort(key=lambda pair: pair[0])
        return tuple(task for until, task in held if until < now)

    def stuck(self, before: datetime, limit: int = 100) -> tuple[Task, ...]:
        found: list[Task] = []
        for batch in items_of(lambda after: self._batches.active(after=after)):
            if len(found) >= limit:
                break
            if batch.started_at and batch.dispatched:
                waiting = islice(self._waiting(batch, before), limit - len(found))
                found += self._read(list(waiting))
        return tuple(task for task in found if task.status is TaskStatus.QUEUED)

    def _waiting(self, batch: Batch, before: datetime) -> Iterator[Item]:
        values: dict[str, Value] = {
            "queued": TaskStatus.QUEUED.value,
            "before": micros(before),
        }
        chunks = self._directory.read(batch.workspace, batch.batch_id)
        for chunk in chunks.holding(TaskStatus.QUEUED):
            pk = task_partition(batch.workspace, batch.batch_id, chunk)
            yield from self._table.query(
                "#pk = :pk",
                {**values, "pk": pk},
                index=OUTLINE,
                only="#status = :queued AND #updated_at < :before",
            )

    def _read(self, outlines: list[Item]) -> list[Task]:
        places = [(str(item["pk"]), str(item["sk"])) for item in outlines]
        return [_task(item) for item in self._table.get_many(places)]

    def _move(self, task: Task) -> Action:
        """`save(task)` as a part of a transaction."""
        before = {"before": task.version - 1}
        return put_action(self._table.name, _item(task), OVER_THE_LAST, before)

    @property
    def _what(self) -> str:
        return f"Table {self._table.name}"


def _groups(tasks: Iterable[Task], most: int) -> Iterator[list[Task]]:
    """As many at a time as one transaction takes, and `most` at most."""
    group: list[Task] = []
    size = 0
    for task in tasks:
        text = len(task.name) + len(task.description) + len(task.category)
        size += _BYTES_OF_A_CHARACTER * text
        if len(group) == most or (group and size > _BYTES_AT_ONCE):
            yield group
            group, size = [], _BYTES_OF_A_CHARACTER * text
        group.append(task)
    if group:
        yield group


def _place(key: TaskKey) -> tuple[str, str]:
    chunk = chunk_of_task(key.task_id)
    return task_partition(key.workspace, key.batch_id, chunk), task_sort(key.task_id)


def _item(task: Task) -> Item:
    pk, sk = _place(task.key)
    item: Item = {
        "pk": pk,
        "sk": sk,
        "row": task.row,
        "status": task.status.value,
        "unit_price": task.unit_price,
        "token": task.token,
        "updated_at": micros(task.updated_at) if task.updated_at else 0,
        "version": task.version,
        "document": _TASKS.encode(task),
    }
    return item | ({"lease_until": micros(task.lease.until)} if task.lease else {})


def _task(item: Item) -> Task:
    """A heartbeat moves the end of a lease beside the document, not in it."""
    task = _TASKS.decode(str(item["document"]))
    if task.lease is None:
        return task
    return replace(task, lease=replace(task.lease, until=moment(_leased_until(item))))


def _leased_until(item: Item) -> int:
    return whole(item, "lease_until")
