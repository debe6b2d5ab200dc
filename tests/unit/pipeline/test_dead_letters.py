"""Messages that nobody can work on end as dead letters; what they asked for ends as FAILED."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.task import TaskStatus
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.dispatch import TaskMessage, message_of
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import check_at_rest, tasks_of
from tests.support.making import made_image, scripted

GOOD = tuple(f"Sword {number}" for number in range(10))
KNOWN = {"workspace": "studio", "batch": "bat_1", "task": "bat_1-00001-001", "run": 1}
POISON = {
    "no JSON": "\x00 not JSON",
    "nothing": "",
    "a list": "[]",
    "a number": "12",
    "too deep": "[" * 50_000,
    "a long number": '{"run": ' + "9" * 5_000 + "}",
    "no run": json.dumps({k: v for k, v in KNOWN.items() if k != "run"}),
    "an infinite run": json.dumps(KNOWN | {"run": float("inf")}),
    "half a run": json.dumps(KNOWN | {"run": 1.5}),
    "a run in words": json.dumps(KNOWN | {"run": "one"}),
    "a task of many": json.dumps(KNOWN | {"task": ["a", "b"]}),
    "half a surrogate pair": json.dumps(KNOWN | {"task": "\ud800"}),
    "a NUL": json.dumps(KNOWN | {"task": "\x00"}),
    "an unknown task": json.dumps(KNOWN),
    "another workspace": json.dumps(KNOWN | {"workspace": "../rival"}),
}


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock, max_receives=3) as opened:
        yield opened


def failing_make(name: str) -> Any:
    """Raises what no use case expects, for the task of this name."""

    def make(task: Any, profile: Any) -> Any:
        if task.name == name:
            raise ZeroDivisionError
        return made_image(task)

    return make


@pytest.mark.parametrize("body", POISON.values(), ids=POISON)
def test_poison_among_good_messages_holds_up_none(
    body: str, services: Services, clock: ManualClock
) -> None:
    services.stores.queue.send([body])
    batch = started(services, *GOOD)
    services.stores.queue.send([body])
    drain(services, scripted(), clock)
    assert {task.status for task in tasks_of(services.stores, batch)} == {TaskStatus.READY}
    check_at_rest(services, OWNER.workspace)


def test_a_task_that_no_worker_survives_fails_and_its_money_returns(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, *GOOD, "Bomb")
    drain(services, failing_make("Bomb"), clock)
    ended = {task.name: task for task in tasks_of(services.stores, batch)}
    bomb = ended.pop("Bomb")
    assert bomb.status is TaskStatus.FAILED
    assert bomb.reason
    assert {task.status for task in ended.values()} == {TaskStatus.READY}
    check_at_rest(services, OWNER.workspace)
    assert services.stores.ledger.account(OWNER.workspace).spent == 10 * PRICE


def give_up(services: Services, clock: ManualClock) -> None:
    """Receives the only message until the queue gives it up."""
    while services.stores.queue.depth().dead == 0:
        services.stores.queue.receive(limit=1, visibility=services.terms.lease)
        clock.advance(services.terms.lease)


def test_a_dead_letter_fails_its_task_and_gives_the_money_back(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    give_up(services, clock)
    tidy(services)
    (task,) = tasks_of(services.stores, batch)
    assert task.status is TaskStatus.FAILED
    assert task.reason == "given up after too many deliveries; the last: no answer"
    check_at_rest(services, OWNER.workspace)


def test_a_dead_letter_waits_for_the_worker_that_holds_its_task(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    (task,) = tasks_of(services.stores, batch)
    services.stores.queue.send([message_of(task)])
    (held,) = services.stores.queue.receive(limit=1, visibility=services.terms.lease)
    services.stores.queue.ack(held)
    give_up(services, clock)
    now = clock.now()
    claimed = task.claim(worker="w1", until=now + services.terms.lease, at=now)
    services.stores.tasks.save(claimed)
    tidy(services)
    assert services.stores.tasks.get(task.key) == claimed
    drain(services, scripted(), clock)
    (task,) = tasks_of(services.stores, batch)
    assert task.status.ended
    check_at_rest(services, OWNER.workspace)


def test_a_dead_letter_of_an_ended_task_changes_nothing(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword")
    give_up(services, clock)
    cancel_batch(batch.batch_id, caller=OWNER, stores=services.stores, clock=clock)
    cancelled = tasks_of(services.stores, batch)
    drain(services, scripted(), clock)
    assert tasks_of(services.stores, batch) == cancelled
    check_at_rest(services, OWNER.workspace)


def test_a_message_says_what_it_was_told(services: Services) -> None:
    batch = started(services, "Sword")
    (task,) = tasks_of(services.stores, batch)
    message = TaskMessage.decode(message_of(task))
    assert (message.key, message.run) == (task.key, 1)
    assert step(services, scripted())
