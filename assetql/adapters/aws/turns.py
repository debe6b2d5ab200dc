"""The leases of turns in DynamoDB: an item `lease` in each thread's partition.

Its token fences checkpoints; it counts the inbox, too, so that a message and the lease can be had
in one write.
"""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from assetql.adapters.aws.actions import (
    WRITE,
    Action,
    Refused,
    call,
    check_action,
    update_action,
)
from assetql.adapters.aws.items import Item, Value, key_of, plain, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import micros, moment
from assetql.domain.errors import StaleClaim
from assetql.domain.thread import TurnLease

LEASE = "lease"
_FINISHED = 0  # `until` of a lease whose turn is over
_HELD = "#token = :token AND #until > :finished"


def thread_partition(workspace: str, thread_id: str) -> str:
    """The partition key of everything in a thread."""
    return key_of(workspace, thread_id)


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
                update_action(self._table.name, partition, LEASE, change, free, values)
            )
        except Refused as refused:
            item = refused.found[0] or {}
            if item.get(WRITE) != write:  # else this very write, whose reply was lost
                return None
        return lease_of(workspace, thread_id, item)

    def extend(self, lease: TurnLease, *, until: datetime) -> TurnLease:
        values: dict[str, Value] = {
            "token": lease.token,
            "finished": _FINISHED,
            "until": micros(until),
        }
        partition = thread_partition(lease.workspace, lease.thread_id)
        change = "SET #until = :until"
        try:
            self._update(update_action(self._table.name, partition, LEASE, change, _HELD, values))
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
        item = self._table.get(thread_partition(workspace, thread_id), LEASE)
        return lease_of(workspace, thread_id, item) if item and "token" in item else None

    def _update(self, action: Action) -> Item:
        what = f"Table {self._table.name}"
        answer = call(
            self._table.client, "update_item", what, **action["Update"], ReturnValues="ALL_NEW"
        )
        return plain(answer["Attributes"])


def held_check(table: str, partition: str, token: int) -> Action:
    """Holds while the turn with that token is the thread's newest and has not finished."""
    return check_action(table, partition, LEASE, _HELD, {"token": token, "finished": _FINISHED})


def finish_action(table: str, partition: str, token: int, consumed: int) -> Action:
    """Ends the lease of `token`, where no more than `consumed` was answered before."""
    return update_action(
        table,
        partition,
        LEASE,
        "SET #until = :finished, #consumed = :consumed",
        "#token = :token AND #consumed <= :consumed",
        {"token": token, "finished": _FINISHED, "consumed": consumed},
    )


def lease_of(workspace: str, thread_id: str, item: Item) -> TurnLease:
    """The lease that the item holds."""
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
