import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from assetql.ports import Delivery, QueueDepth, Stores, TaskQueue
from tests.contract.families import MAX_RECEIVES, OpenFamily, open_local
from tests.contract.races import race
from tests.contract.values import MINUTE, ManualClock

NO_TIME = timedelta(0)
SECOND = timedelta(seconds=1)  # the shortest time that every family can tell apart

LetPass = Callable[[timedelta], None]


@pytest.fixture
def queue(stores: Stores) -> TaskQueue:
    return stores.queue


@pytest.fixture
def let_pass(family: OpenFamily, clock: ManualClock) -> LetPass:
    """Lets time pass for the queue: some go by a clock of the test's, some by their own."""
    if family is open_local:
        return clock.advance
    return lambda time_: time.sleep(time_.total_seconds() + 0.02)


def _receive(
    queue: TaskQueue, limit: int = 10, visibility: timedelta = MINUTE
) -> tuple[Delivery, ...]:
    return queue.receive(limit=limit, visibility=visibility)


def _poison(queue: TaskQueue) -> list[Delivery]:
    """Every receipt of a message that has been received as often as one may be."""
    queue.send(["poison"])
    return [d for _ in range(MAX_RECEIVES) for d in _receive(queue, visibility=NO_TIME)]


def test_an_empty_queue_gives_nothing(queue: TaskQueue) -> None:
    assert _receive(queue) == ()
    assert queue.depth() == QueueDepth(0, 0, 0)
    queue.send([])
    assert _receive(queue) == ()


def test_bodies_arrive_as_they_were_sent(queue: TaskQueue) -> None:
    bodies = ["b", "a", '{"é": "🧪"}', "x" * 10_000, "a"]
    queue.send(bodies)
    assert sorted(d.body for d in _receive(queue)) == sorted(bodies)


def test_a_received_message_is_hidden_then_comes_again(queue: TaskQueue, let_pass: LetPass) -> None:
    queue.send(["a"])
    (first,) = _receive(queue)
    assert _receive(queue) == ()
    assert queue.depth() == QueueDepth(visible=0, in_flight=1, dead=0)
    queue.extend(first, SECOND)
    let_pass(SECOND)
    assert queue.depth() == QueueDepth(visible=1, in_flight=0, dead=0)
    (second,) = _receive(queue)
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert (first.receive_count, second.receive_count) == (1, 2)
    assert first.receipt != second.receipt


def test_an_acknowledged_message_is_gone(queue: TaskQueue, let_pass: LetPass) -> None:
    queue.send(["a", "b"])
    deliveries = _receive(queue, visibility=SECOND)
    for delivery in deliveries:
        queue.ack(delivery)
        queue.ack(delivery)  # harmless
    let_pass(SECOND)
    assert _receive(queue) == ()
    assert queue.depth() == QueueDepth(0, 0, 0)


def test_an_old_receipt_does_not_take_it_from_the_next(queue: TaskQueue) -> None:
    queue.send(["a"])
    (first,) = _receive(queue, visibility=NO_TIME)
    (second,) = _receive(queue)
    queue.ack(first)
    queue.extend(first, NO_TIME)
    assert queue.depth() == QueueDepth(visible=0, in_flight=1, dead=0)
    queue.ack(second)
    assert queue.depth() == QueueDepth(0, 0, 0)


def test_extending_hides_longer_and_zero_returns_it(queue: TaskQueue, let_pass: LetPass) -> None:
    queue.send(["a"])
    (delivery,) = _receive(queue, visibility=SECOND)
    queue.extend(delivery, MINUTE)
    let_pass(SECOND)
    assert _receive(queue) == ()
    queue.extend(delivery, NO_TIME)
    assert len(_receive(queue)) == 1


def test_a_delayed_message_waits(queue: TaskQueue, let_pass: LetPass) -> None:
    queue.send(["much later"], delay=MINUTE)
    queue.send(["now"])
    assert [d.body for d in _receive(queue)] == ["now"]
    assert queue.depth() == QueueDepth(visible=0, in_flight=2, dead=0)
    queue.send(["later"], delay=SECOND)
    let_pass(SECOND)
    assert [d.body for d in _receive(queue)] == ["later"]


def test_a_message_received_too_often_is_dead(queue: TaskQueue) -> None:
    deliveries = _poison(queue)
    assert [d.receive_count for d in deliveries] == list(range(1, MAX_RECEIVES + 1))
    queue.send(["fine"])
    assert [d.body for d in _receive(queue, limit=1)] == ["fine"]
    assert queue.depth() == QueueDepth(visible=0, in_flight=1, dead=1)
    for old in deliveries:  # an old receipt reaches no dead letter
        queue.ack(old)
        queue.ack_dead(old)
        queue.extend(old, MINUTE)
    (dead,) = queue.receive_dead(limit=10, visibility=MINUTE)
    assert dead.body == "poison"
    assert queue.receive_dead(limit=10, visibility=MINUTE) == ()
    assert queue.depth().dead == 1


def test_a_dead_letter_comes_again_until_acknowledged(queue: TaskQueue, let_pass: LetPass) -> None:
    _poison(queue)
    assert _receive(queue) == ()
    dead: list[Delivery] = []
    for _ in range(MAX_RECEIVES + 2):
        dead.extend(queue.receive_dead(limit=10, visibility=NO_TIME))
    assert [d.body for d in dead] == ["poison"] * (MAX_RECEIVES + 2)
    dead.extend(queue.receive_dead(limit=10, visibility=SECOND))
    queue.ack_dead(dead[-1])
    queue.ack_dead(dead[-1])  # harmless
    let_pass(SECOND)
    assert queue.receive_dead(limit=10, visibility=MINUTE) == ()
    assert queue.depth() == QueueDepth(0, 0, 0)


def test_the_limit_holds(queue: TaskQueue) -> None:
    queue.send([str(n) for n in range(25)])
    received = [len(_receive(queue)) for _ in range(4)]
    assert max(received) <= 10
    assert sum(received) == 25


def test_nobody_gets_a_hidden_message(queue: TaskQueue) -> None:
    bodies = [str(n) for n in range(60)]
    queue.send(bodies)

    def drain(_: int) -> list[str]:
        mine: list[str] = []
        while deliveries := _receive(queue, limit=4):
            for delivery in deliveries:
                mine.append(delivery.body)
                queue.ack(delivery)
        return mine

    received = [body for mine in race(6, drain) for body in mine]
    assert sorted(received) == sorted(bodies)
    assert queue.depth() == QueueDepth(0, 0, 0)


def test_waiting_ends_when_a_message_comes(queue: TaskQueue) -> None:
    def send_or_wait(number: int) -> tuple[Delivery, ...]:
        if number:
            return queue.receive(limit=1, visibility=MINUTE, wait=30 * SECOND)
        time.sleep(0.1)
        queue.send(["a"])
        return ()

    _, received = race(2, send_or_wait)
    assert [delivery.body for delivery in received] == ["a"]


def test_waiting_in_vain_ends(queue: TaskQueue) -> None:
    assert queue.receive(limit=1, visibility=MINUTE, wait=timedelta(seconds=0.1)) == ()
