"""Thread inboxes and turn leases in DynamoDB: whatever belongs to a thread shares a partition.

Under `key_of(workspace, thread)`: the item `lease`, whose token fences checkpoints and which counts
the inbox; `message#POSITION`; `id#MESSAGE_ID`, which says where that message is; and what the
checkpoint saver keeps. Under `key_of(workspace)`: an item per thread, for the list of threads.
"""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import uuid4

from assetql.adapters.aws.actions import (
    ABSENT,
    TRIES,
    WRITE,
    Action,
    Refused,
    call,
    check_action,
    pause,
    put_action,
    transact,
    update_action,
)
from assetql.adapters.aws.items import Item, Value, key_of, plain, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros, moment
from assetql.domain.errors import NotFound, StaleClaim, StoreUnavailable
from assetql.domain.thread import InboxMessage, MessageKind, Thread, TurnLease

_MESSAGES = Codec(InboxMessage)
_TITLE_LENGTH = 80
_LEASE = "lease"
_FINISHED = 0  # `until` of a lease whose turn is over
_HELD = "#token = :token AND #until > :finished"
_REMEMBERED = 4096  # threads of which a process remembers how long their inbox is
_COUNT, _ID, _HEAD = 0, 1, 3  # the actions of a post


def thread_partition(workspace: str, thread_id: str) -> str:
    """The partition key of everything in a thread."""
    return key_of(workspace, thread_id)


class DynamoInbox:
    """The ThreadInbox of the AWS family."""

    def __init__(self, checkpoints: Table) -> None:
        self._table = checkpoints
        # A guess saves a read; the condition of the write corrects it.
        self._lengths: dict[str, int] = {}

    def post(self, message: InboxMessage) -> InboxMessage:
        partition = thread_partition(message.workspace, message.thread_id)
        last, newest = self._lengths.get(partition, 0), True
        for tries in range(TRIES):
            stored = replace(message, position=last + 1)
            actions = self._posting(partition, stored, newest=newest)
            try:
                transact(self._table.client, actions, what=f"Table {self._table.name}")
            except Refused as refused:
                if (refused.found[_HEAD] or {}).get("forgotten"):
                    return _to_nobody(message)
                if refused.failed(_ID):
                    return self._posted(partition, refused)
                newest = newest and not refused.failed(_HEAD)
                if not refused.failed(_COUNT):
                    continue
                last = int((refused.found[_COUNT] or {}).get("last", 0))
                if tries:
                    pause(tries)
            else:
                self._remember(partition, stored.position)
                return stored
        raise StoreUnavailable(f"Thread {message.thread_id}: {TRIES} others posted meanwhile.")

    def _posting(self, partition: str, message: InboxMessage, *, newest: bool) -> list[Action]:
        table, position = self._table.name, message.position
        count: dict[str, Value] = {"next": position}
        condition = "attribute_not_exists(#last)"
        if position > 1:
            count["last"], condition = position - 1, "#last = :last"
        known: Item = {
            "pk": partition,
            "sk": key_of("id", message.message_id),
            "position": position,
        }
        document: Item = {
            "pk": partition,
            "sk": _message_key(position),
            "document": _MESSAGES.encode(message),
        }
        return [
            update_action(table, partition, _LEASE, "SET #last = :next", condition, count),
            put_action(table, known, ABSENT),
            put_action(table, document),
            _head(table, message, newest=newest),
        ]

    def _posted(self, partition: str, refused: Refused) -> InboxMessage:
        """What was posted before under the id that is in the way."""
        position = int((refused.found[_ID] or {})["position"])
        item = self._table.get(partition, _message_key(position))
        assert item is not None  # written together with its id, and never deleted
        return _MESSAGES.decode(str(item["document"]))

    def _remember(self, partition: str, length: int) -> None:
        if len(self._lengths) >= _REMEMBERED:
            self._lengths.clear()
        self._lengths[partition] = length

    def after(self, workspace: str, thread_id: str, position: int) -> tuple[InboxMessage, ...]:
        partition = thread_partition(workspace, thread_id)
        between = {"pk": partition, "first": _message_key(position + 1), "end": "message$"}
        items = self._table.query("#pk = :pk AND #sk BETWEEN :first AND :end", between)
        return tuple(_MESSAGES.decode(str(item["document"])) for item in items)

    def threads(self, workspace: str, limit: int = 50) -> tuple[Thread, ...]:
        newest = self._table.query(
            "#pk = :pk",
            {"pk": key_of(workspace)},
            index="by_activity",
            forward=False,
            at_once=limit,
        )
        return tuple(_thread(workspace, item) for item in islice(newest, limit))

    def thread(self, workspace: str, thread_id: str) -> Thread | None:
        item = self._table.get(key_of(workspace), _head_key(thread_id))
        return _thread(workspace, item) if item and "activity" in item else None

    def forget(self, workspace: str, thread_id: str) -> None:
        self._table.update(
            key_of(workspace),
            _head_key(thread_id),
            "SET #forgotten = :yes REMOVE #activity, #title, #created_by",
            condition="",
            values={"yes": 1},
        )
        partition = thread_partition(workspace, thread_id)
        # Who waits for the lease learns from it how many messages there are.
        self._table.update(partition, _LEASE, "REMOVE #last", condition="", values={})
        for prefix in ("id", "message"):
            between = {"pk": partition, "first": f"{prefix}#", "end": f"{prefix}$"}
            for item in self._table.query("#pk = :pk AND #sk BETWEEN :first AND :end", between):
                self._table.delete(partition, str(item["sk"]))


def _message_key(position: int) -> str:
    return f"message#{position:012d}"


def _head_key(thread_id: str) -> str:
    return key_of("thread", thread_id)


def _to_nobody(message: InboxMessage) -> InboxMessage:
    """What comes of a message to a forgotten thread."""
    if message.kind is MessageKind.NOTICE:
        return message
    raise NotFound("thread", message.thread_id, remedy="It was deleted. Begin another one.")


def _head(table: str, message: InboxMessage, *, newest: bool) -> Action:
    """The thread in its workspace's list; it moves there unless something newer has moved it."""
    values: dict[str, Value] = {"thread": message.thread_id, "author": message.author}
    change = "SET #thread_id = :thread, #created_by = if_not_exists(#created_by, :author)"
    condition = "attribute_not_exists(#forgotten)"
    title = _title(message)
    if title:
        values["title"] = title
        change += ", #title = if_not_exists(#title, :title)"
    if newest:
        activity = f"{micros(message.created_at):020d}#{key_of(message.thread_id)}"
        values["activity"] = activity
        change += ", #activity = :activity"
        condition += " AND (attribute_not_exists(#activity) OR #activity <= :activity)"
    head = _head_key(message.thread_id)
    return update_action(table, key_of(message.workspace), head, change, condition, values)


def _title(message: InboxMessage) -> str:
    """A thread is called what a person first said in it."""
    if message.kind is not MessageKind.PERSON:
        return ""
    return " ".join(message.text.split())[:_TITLE_LENGTH]


def _thread(workspace: str, item: Item) -> Thread:
    time, _, _ = str(item["activity"]).partition("#")
    return Thread(
        workspace=workspace,
        thread_id=str(item["thread_id"]),
        title=str(item.get("title", "")),
        created_by=str(item["created_by"]),
        updated_at=moment(int(time)),
    )


class DynamoTurns:
    """The TurnLeases of the AWS family."""

    def __init__(self, checkpoints: Table) -> None:
        self._table = checkpoints

    def acquire(
        self, workspace: str, thread_id: str, *, holder: str, until: datetime, now: datetime
    ) -> TurnLease | None:
        write = uuid4().hex
        values: dict[str, Value] = {
            "holder": holder,
            "until": micros(until),
            "now": micros(now),
            "write": write,
            "zero": 0,
            "one": 1,
        }
        change = (
            f"SET #holder = :holder, #until = :until, #{WRITE} = :write,"
            " #token = if_not_exists(#token, :zero) + :one,"
            " #consumed = if_not_exists(#consumed, :zero)"
        )
        free = "attribute_not_exists(#token) OR #until <= :now"
        partition = thread_partition(workspace, thread_id)
        try:
            item = self._update(
                update_action(self._table.name, partition, _LEASE, change, free, values)
            )
        except Refused as refused:
            item = refused.found[0] or {}
            if item.get(WRITE) != write:  # else this very write, whose reply was lost
                return None
        return _lease(workspace, thread_id, item)

    def extend(self, lease: TurnLease, *, until: datetime) -> TurnLease:
        values: dict[str, Value] = {
            "token": lease.token,
            "finished": _FINISHED,
            "until": micros(until),
        }
        partition = thread_partition(lease.workspace, lease.thread_id)
        change = "SET #until = :until"
        try:
            self._update(update_action(self._table.name, partition, _LEASE, change, _HELD, values))
        except Refused as refused:
            raise _stale(lease) from refused
        return replace(lease, until=until)

    def finish(self, lease: TurnLease, *, consumed: int) -> None:
        partition = thread_partition(lease.workspace, lease.thread_id)
        try:
            self._update(finish_action(self._table.name, partition, lease.token, consumed))
        except Refused as refused:
            stored = refused.found[0] or {}
            if stored.get("token") != lease.token:
                raise _stale(lease) from refused
            self.finish(lease, consumed=int(stored["consumed"]))  # it never goes back

    def get(self, workspace: str, thread_id: str) -> TurnLease | None:
        item = self._table.get(thread_partition(workspace, thread_id), _LEASE)
        return _lease(workspace, thread_id, item) if item and "token" in item else None

    def _update(self, action: Action) -> Item:
        what = f"Table {self._table.name}"
        answer = call(
            self._table.client, "update_item", what, **action["Update"], ReturnValues="ALL_NEW"
        )
        return plain(answer["Attributes"])


def held_check(table: str, partition: str, token: int) -> Action:
    """Holds while the turn with that token is the thread's newest and has not finished."""
    return check_action(table, partition, _LEASE, _HELD, {"token": token, "finished": _FINISHED})


def finish_action(table: str, partition: str, token: int, consumed: int) -> Action:
    """Ends the lease of `token`, where no more than `consumed` was answered before."""
    return update_action(
        table,
        partition,
        _LEASE,
        "SET #until = :finished, #consumed = :consumed",
        "#token = :token AND #consumed <= :consumed",
        {"token": token, "finished": _FINISHED, "consumed": consumed},
    )


def _lease(workspace: str, thread_id: str, item: Item) -> TurnLease:
    return TurnLease(
        workspace=workspace,
        thread_id=thread_id,
        holder=str(item["holder"]),
        token=whole(item, "token"),
        until=moment(whole(item, "until")),
        consumed=whole(item, "consumed"),
        newest=whole(item, "last") if "last" in item else None,
    )


def _stale(lease: TurnLease) -> StaleClaim:
    return StaleClaim(f"Token {lease.token} no longer holds thread {lease.thread_id}.")
