"""The embedded queue beside a model of it, under random schedules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assetql.adapters.local.database import Database
from assetql.adapters.local.queue import SqliteQueue
from assetql.ports import Delivery, QueueDepth
from tests.contract.values import ManualClock

MAX_RECEIVES = 2
SECONDS = st.integers(0, 40).map(lambda n: timedelta(seconds=n))


@dataclass
class Message:
    """What the model knows of one message."""

    visible_at: datetime
    receive_count: int = 0
    receipt: str = ""
    dead: bool = False


class QueueModel(RuleBasedStateMachine):
    """Each body is sent once, so it names its message."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.database = Database(Path(self.folder.name) / "assetql.sqlite3")
        self.clock = ManualClock()
        self.queue = SqliteQueue(self.database, clock=self.clock, max_receives=MAX_RECEIVES)
        self.messages: dict[str, Message] = {}
        self.deliveries: list[Delivery] = []
        self.sent = 0

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def _visible(self, *, dead: bool) -> Iterator[str]:
        now = self.clock.now()
        for body, message in self.messages.items():
            if message.dead == dead and message.visible_at <= now:
                yield body

    @rule(count=st.integers(1, 4), delay=SECONDS)
    def send(self, count: int, delay: timedelta) -> None:
        bodies = [str(self.sent + n) for n in range(count)]
        self.sent += count
        self.queue.send(bodies, delay=delay)
        self.messages.update({body: Message(self.clock.now() + delay) for body in bodies})

    @rule(seconds=SECONDS)
    def wait(self, seconds: timedelta) -> None:
        self.clock.advance(seconds)

    def _take(self, received: tuple[Delivery, ...], visibility: timedelta, *, dead: bool) -> None:
        assert {d.body for d in received} <= set(self._visible(dead=dead))
        assert len({d.body for d in received}) == len(received)
        for delivery in received:
            message = self.messages[delivery.body]
            assert delivery.receipt != message.receipt
            message.receipt = delivery.receipt
            message.receive_count += 1
            message.visible_at = self.clock.now() + visibility
            assert delivery.receive_count == message.receive_count
        self.deliveries.extend(received)

    @rule(limit=st.integers(1, 5), visibility=SECONDS)
    def receive(self, limit: int, visibility: timedelta) -> None:
        # A worn-out message takes a place when it is given up: then fewer come than might.
        visible = list(self._visible(dead=False))
        worn = {b for b in visible if self.messages[b].receive_count >= MAX_RECEIVES}
        received = self.queue.receive(limit=limit, visibility=visibility)
        assert not worn & {d.body for d in received}
        assert len(received) <= limit
        assert bool(received) == (len(visible) > len(worn))
        dead_now = self.queue.depth().dead - sum(m.dead for m in self.messages.values())
        for body in sorted(worn, key=lambda b: (self.messages[b].visible_at, int(b)))[:dead_now]:
            # Given up: no receipt of the living queue reaches it any more.
            self.messages[body] = replace(
                self.messages[body], dead=True, visible_at=self.clock.now(), receipt=""
            )
        self._take(received, visibility, dead=False)
        if not received:
            assert dead_now == len(worn)

    @rule(limit=st.integers(1, 5), visibility=SECONDS)
    def receive_dead(self, limit: int, visibility: timedelta) -> None:
        visible = len(list(self._visible(dead=True)))
        received = self.queue.receive_dead(limit=limit, visibility=visibility)
        assert len(received) == min(limit, visible)
        self._take(received, visibility, dead=True)

    def _acknowledge(
        self, delivery: Delivery, call: Callable[[Delivery], None], dead: bool
    ) -> None:
        call(delivery)
        message = self.messages.get(delivery.body)
        if message and message.receipt == delivery.receipt and message.dead == dead:
            del self.messages[delivery.body]

    @precondition(lambda self: self.deliveries)
    @rule(data=st.data(), dead=st.booleans())
    def ack(self, data: st.DataObject, dead: bool) -> None:
        delivery = data.draw(st.sampled_from(self.deliveries))
        call = self.queue.ack_dead if dead else self.queue.ack
        self._acknowledge(delivery, call, dead)

    @precondition(lambda self: self.deliveries)
    @rule(data=st.data(), visibility=SECONDS)
    def extend(self, data: st.DataObject, visibility: timedelta) -> None:
        delivery = data.draw(st.sampled_from(self.deliveries))
        self.queue.extend(delivery, visibility)
        message = self.messages.get(delivery.body)
        if message and message.receipt == delivery.receipt:
            message.visible_at = self.clock.now() + visibility

    @invariant()
    def depth_is_the_models(self) -> None:
        alive = [message for message in self.messages.values() if not message.dead]
        visible = len(list(self._visible(dead=False)))
        dead = len(self.messages) - len(alive)
        assert self.queue.depth() == QueueDepth(visible, len(alive) - visible, dead)


QueueModel.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestQueueModel = QueueModel.TestCase
