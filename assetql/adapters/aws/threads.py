"""Thread inboxes in DynamoDB: whatever belongs to a thread shares a partition.

Under `key_of(workspace, thread)`: the item `lease`, whose token fences checkpoints and which counts
the inbox; `message#POSITION`; `id#MESSAGE_ID`, which says where that message is; and what the
checkpoint saver keeps. Under `key_of(workspace)`: an item per thread, for the list of threads.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from assetql.adapters.aws.actions import (
    ABSENT,
    TRIES,
    Action,
    Refused,
    pause,
    put_action,
    transact,
    update_action,
)
from assetql.adapters.aws.items import Item, Value, key_of
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.turns import LEASE, DynamoTurns, lease_of, thread_partition
from assetql.adapters.codec import Codec, micros, moment
from assetql.domain.errors import NotFound, StoreUnavailable
from assetql.domain.thread import InboxMessage, MessageKind, Thread, TurnLease

_MESSAGES = Codec(InboxMessage)
_TITLE_LENGTH = 80
_REMEMBERED = 4096  # threads of which a process remembers how their lease stood
_COUNT, _ID, _HEAD = 0, 1, 3  # the actions of a post


@dataclass(frozen=True, slots=True)
class _Wish:
    """A lease that is wanted, where it is free."""

    holder: str
    until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    """How a thread's lease stood. A guess saves a read; the condition of the write corrects it."""

    last: int = 0  # the position of the inbox's newest message
    token: int = 0  # of the newest turn; 0 before the first
    consumed: int = 0
    until: int = 0  # microseconds

    def granted(self, wish: _Wish | None, message: InboxMessage) -> TurnLease | None:
        """The lease that goes with `message`; None where a turn holds it, or nobody wants it."""
        if wish is None or self.until > micros(wish.now):
            return None
        return TurnLease(
            workspace=message.workspace,
            thread_id=message.thread_id,
            holder=wish.holder,
            token=self.token + 1,
            until=wish.until,
            consumed=self.consumed,
            newest=message.position,
        )


class DynamoInbox:
    """The ThreadInbox of the AWS family."""

    def __init__(self, checkpoints: Table) -> None:
        self._table = checkpoints
        self._known: dict[str, _Known] = {}

    def post(self, message: InboxMessage) -> InboxMessage:
        posted, _ = self._post(message, None)
        return posted

    def begin_turn(
        self, message: InboxMessage, *, holder: str, until: datetime, now: datetime
    ) -> tuple[InboxMessage, TurnLease | None]:
        return self._post(message, _Wish(holder, until, now))

    def _post(
        self, message: InboxMessage, wish: _Wish | None
    ) -> tuple[InboxMessage, TurnLease | None]:
        partition = thread_partition(message.workspace, message.thread_id)
        known, newest = self._known.get(partition, _Known()), True
        for tries in range(TRIES):
            stored = replace(message, position=known.last + 1)
            lease = known.granted(wish, stored)
            count = _count(self._table.name, partition, known, lease, wish)
            actions = self._posting(partition, stored, count=count, newest=newest)
            try:
                transact(self._table.client, actions, what=f"Table {self._table.name}")
            except Refused as refused:
                if (refused.found[_HEAD] or {}).get("forgotten"):
                    return _to_nobody(message), None
                if refused.failed(_ID):
                    return self._posted(partition, refused), self._acquired(message, wish, refused)
                newest = newest and not refused.failed(_HEAD)
                if not refused.failed(_COUNT):
                    continue
                known = _known(refused.found[_COUNT] or {})
                if tries:
                    pause(tries)
            else:
                self._remember(partition, stored, lease.token if lease else known.token)
                return stored, lease
        raise StoreUnavailable(f"Thread {message.thread_id}: {TRIES} others posted meanwhile.")

    def _posting(
        self, partition: str, message: InboxMessage, *, count: Action, newest: bool
    ) -> list[Action]:
        table = self._table.name
        known: Item = {
            "pk": partition,
            "sk": key_of("id", message.message_id),
            "position": message.position,
        }
        document: Item = {
            "pk": partition,
            "sk": _message_key(message.position),
            "document": _MESSAGES.encode(message),
        }
        return [
            count,
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

    def _acquired(
        self, message: InboxMessage, wish: _Wish | None, refused: Refused
    ) -> TurnLease | None:
        """The lease for a message that had been posted."""
        if wish is None:
            return None
        found = refused.found[_COUNT] or {}
        if found.get("holder") == wish.holder:  # by this very write, whose reply was lost
            return lease_of(message.workspace, message.thread_id, found)
        return DynamoTurns(self._table).acquire(
            message.workspace,
            message.thread_id,
            holder=wish.holder,
            until=wish.until,
            now=wish.now,
        )

    def _remember(self, partition: str, posted: InboxMessage, token: int) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        # Who posts next will mostly find everything answered.
        consumed = posted.position if token else 0
        self._known[partition] = _Known(posted.position, token, consumed)

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
        self._table.update(partition, LEASE, "REMOVE #last", condition="", values={})
        for prefix in ("id", "message"):
            between = {"pk": partition, "first": f"{prefix}#", "end": f"{prefix}$"}
            for item in self._table.query("#pk = :pk AND #sk BETWEEN :first AND :end", between):
                self._table.delete(partition, str(item["sk"]))


def _message_key(position: int) -> str:
    return f"message#{position:012d}"


def _head_key(thread_id: str) -> str:
    return key_of("thread", thread_id)


def _known(lease: Item) -> _Known:
    """How the lease stands by its item."""
    numbers = {name: int(lease.get(name, 0)) for name in ("last", "token", "consumed", "until")}
    return _Known(**numbers)


def _count(
    table: str, partition: str, known: _Known, lease: TurnLease | None, wish: _Wish | None
) -> Action:
    """One more message, where the lease stands as known; and where it is granted, the lease."""
    values: dict[str, Value] = {"next": known.last + 1}
    change, conditions = "SET #last = :next", [_as_known("last", known.last, values)]
    if lease and wish:
        change += ", #holder = :holder, #until = :until, #token = :turn, #consumed = :consumed"
        conditions.append(_as_known("token", known.token, values))
        if known.token:
            conditions.append("#until <= :now AND #consumed = :consumed")
            values["now"] = micros(wish.now)
        values |= {"holder": lease.holder, "until": micros(lease.until)}
        values |= {"turn": lease.token, "consumed": lease.consumed}
    return update_action(table, partition, LEASE, change, " AND ".join(conditions), values)


def _as_known(name: str, number: int, values: dict[str, Value]) -> str:
    """The condition that an attribute is that number; 0: that it is not there yet."""
    if not number:
        return f"attribute_not_exists(#{name})"
    values[name] = number
    return f"#{name} = :{name}"


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
