"""The task queue in SQLite: at least once, by visibility timeouts."""

import time
from collections.abc import Sequence
from datetime import timedelta

from assetql.adapters.codec import micros
from assetql.adapters.local.database import Database
from assetql.ports import Clock, Delivery, QueueDepth

_POLL_SECONDS = 0.05

_SEND = "INSERT INTO queue_messages (body, visible_at) VALUES (?, ?)"
_ANY = "SELECT 1 FROM queue_messages WHERE dead=? AND visible_at<=? LIMIT 1"
# One statement takes messages, hides them, and gives each a new receipt: old receipts end here.
_TAKE = (
    "UPDATE queue_messages SET visible_at=?, receive_count=receive_count+1,"
    " receipt=hex(randomblob(8)) WHERE number IN (SELECT number FROM queue_messages"
    " WHERE dead=? AND visible_at<=? ORDER BY visible_at, number LIMIT ?)"
    " RETURNING number, receipt, body, receive_count"
)
_GIVE_UP = (
    "UPDATE queue_messages SET dead=1, visible_at=?, receive_count=receive_count-1"
    " WHERE number=? AND receipt=?"
)
_EXTEND = "UPDATE queue_messages SET visible_at=? WHERE number=? AND receipt=?"
_DELETE = "DELETE FROM queue_messages WHERE number=? AND receipt=? AND dead=?"
_DEPTH = (
    "SELECT COALESCE(SUM(NOT dead AND visible_at<=?1), 0),"
    " COALESCE(SUM(NOT dead AND visible_at>?1), 0), COALESCE(SUM(dead), 0)"
    " FROM queue_messages"
)


class SqliteQueue:
    """The TaskQueue of the embedded family; a message received `max_receives` times is dead."""

    def __init__(self, database: Database, *, clock: Clock, max_receives: int) -> None:
        self._database = database
        self._clock = clock
        self._max_receives = max_receives

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta(0)) -> None:
        visible_at = self._in(delay)
        with self._database.transaction() as connection:
            connection.executemany(_SEND, [(body, visible_at) for body in bodies])

    def receive(
        self, *, limit: int, visibility: timedelta, wait: timedelta = timedelta(0)
    ) -> tuple[Delivery, ...]:
        deadline = time.monotonic() + wait.total_seconds()
        while True:
            deliveries = self._receive_alive(limit, visibility)
            left = deadline - time.monotonic()
            if deliveries or left <= 0:
                return deliveries
            time.sleep(min(_POLL_SECONDS, left))

    def extend(self, delivery: Delivery, visibility: timedelta) -> None:
        self._database.execute(
            _EXTEND, (self._in(visibility), int(delivery.message_id), delivery.receipt)
        )

    def ack(self, delivery: Delivery) -> None:
        self._delete(delivery, dead=False)

    def receive_dead(self, *, limit: int, visibility: timedelta) -> tuple[Delivery, ...]:
        return self._take(limit, visibility, dead=True)

    def ack_dead(self, delivery: Delivery) -> None:
        self._delete(delivery, dead=True)

    def depth(self) -> QueueDepth:
        (counts,) = self._database.rows(_DEPTH, (self._in(timedelta(0)),))
        return QueueDepth(*counts)

    def _receive_alive(self, limit: int, visibility: timedelta) -> tuple[Delivery, ...]:
        """What may still be worked on; what was received too often goes to the dead letters."""
        while taken := self._take(limit, visibility, dead=False):
            alive = tuple(each for each in taken if each.receive_count <= self._max_receives)
            for delivery in taken:
                if delivery.receive_count > self._max_receives:
                    self._give_up(delivery)
            if alive:
                return alive
        return ()

    def _take(self, limit: int, visibility: timedelta, *, dead: bool) -> tuple[Delivery, ...]:
        now = self._in(timedelta(0))
        # A look first: idle workers then never take the write lock.
        if not self._database.rows(_ANY, (dead, now)):
            return ()
        rows = self._database.rows(_TAKE, (self._in(visibility), dead, now, limit))
        return tuple(
            Delivery(message_id=str(number), receipt=receipt, body=body, receive_count=count)
            for number, receipt, body, count in sorted(rows)
        )

    def _give_up(self, delivery: Delivery) -> None:
        self._database.execute(
            _GIVE_UP, (self._in(timedelta(0)), int(delivery.message_id), delivery.receipt)
        )

    def _delete(self, delivery: Delivery, *, dead: bool) -> None:
        self._database.execute(_DELETE, (int(delivery.message_id), delivery.receipt, dead))

    def _in(self, delay: timedelta) -> int:
        return micros(self._clock.now() + delay)
