"""image_generator: partial failures, redelivery, too little time, and a heartbeat."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from assetql.adapters.aws.resources import TASKS
from assetql.domain.batch import Batch
from assetql.domain.task import TaskStatus
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.paging import assets_of, tasks_of
from assetql.ports import Delivery
from assetql.services import Services
from tests.integration.lambdas.conftest import RECEIVES, Configure
from tests.integration.lambdas.events import failures, queue_event
from tests.integration.lambdas.invoking import invoke
from tests.support.emulator import installed
from tests.support.homes import started
from tests.support.stand_ins import an_endpoint

LEASE = timedelta(seconds=60)
TEN = tuple(f"Potion {n}" for n in range(10))


def received(services: Services, *, count: int, visibility: timedelta = LEASE) -> list[Delivery]:
    """All that is there, which SQS may give in several parts."""
    found: list[Delivery] = []
    while len(found) < count:
        more = services.stores.queue.receive(limit=10, visibility=visibility)
        assert more, f"{len(found)} of {count} messages"
        found += more
    return found


def counts(services: Services, batch: Batch) -> dict[str, int]:
    found = services.stores.tasks.tally(batch.workspace, batch.batch_id).counts.as_json()
    return {name: number for name, number in found.items() if number}


def test_one_poison_message_among_ten_good_ones(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = started(services, *TEN)
    services.stores.queue.send(["no task at all"])
    deliveries = received(services, count=11)
    (poison,) = [d for d in deliveries if d.body == "no task at all"]
    capsys.readouterr()

    answer = invoke("image_generator", queue_event(deliveries))

    assert failures(answer) == [poison.message_id]
    assert counts(services, batch) == {"READY": 10}
    assert services.stores.queue.depth().in_flight == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    made = [line for line in lines if line.get("Tasks")]
    assert [(line["outcome"], line["Tasks"]) for line in made] == [("ready", [1.0])] * 10
    assert all(line["TaskDuration"][0] > 0 for line in made)
    (told,) = [line for line in lines if line.get("message") == "record.failed"]
    assert (told["record"], told["error"]) == (poison.message_id, "invalid_input < JSONDecodeError")
    told = [line for line in lines if line.get("message") == "task.ready"]
    assert {line["batch"] for line in told} == {batch.batch_id}
    assert {line["function_name"] for line in told} == {"image_generator"}
    assert all(line["function_request_id"] for line in told)


def test_poison_reaches_the_dead_letters_and_is_buried(services: Services) -> None:
    services.stores.queue.send(["no task at all"])
    for _ in range(RECEIVES):
        deliveries = services.stores.queue.receive(
            limit=10, visibility=LEASE, wait=timedelta(seconds=3)
        )
        assert failures(invoke("image_generator", queue_event(deliveries)))
    assert not services.stores.queue.receive(limit=10, visibility=LEASE, wait=timedelta(seconds=2))
    dead = services.stores.queue.receive_dead(limit=10, visibility=LEASE)
    assert [letter.body for letter in dead] == ["no task at all"]
    assert failures(invoke("dead_letters", queue_event(dead))) == []
    assert services.stores.queue.depth().dead == 0


def test_a_redelivered_event_changes_nothing(services: Services) -> None:
    batch = started(services, "Flask", "Shield")
    event = queue_event(received(services, count=2))
    invoke("image_generator", event)
    before = (
        list(tasks_of(batch, stores=services.stores)),
        list(assets_of(batch, stores=services.stores)),
    )
    for _ in range(3):
        assert failures(invoke("image_generator", event)) == []
    after = (
        list(tasks_of(batch, stores=services.stores)),
        list(assets_of(batch, stores=services.stores)),
    )
    assert after == before


def test_the_same_message_at_once_is_worked_on_once(services: Services) -> None:
    batch = started(services, "Flask")
    event = queue_event(received(services, count=1))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(invoke, "image_generator", event) for _ in range(8)]
        answers = [each.result() for each in asked]
    assert [failures(answer) for answer in answers] == [[]] * 8
    (task,) = tasks_of(batch, stores=services.stores)
    assert (task.status, task.token, task.attempts) == (TaskStatus.READY, 1, 1)
    keys = list(services.stores.objects.keys(f"raw/{batch.workspace}/{batch.batch_id}/"))
    assert len(keys) == 1


def test_what_there_is_no_time_for_comes_again_at_once(services: Services) -> None:
    batch = started(services, "Flask", "Shield")
    deliveries = received(services, count=2)
    answer = invoke("image_generator", queue_event(deliveries), seconds=1)
    assert failures(answer) == [d.message_id for d in deliveries]
    assert counts(services, batch) == {"QUEUED": 2}
    assert services.stores.queue.depth().visible == 2


def test_a_message_of_no_task_fails_alone(services: Services) -> None:
    batch = started(services, "Flask")
    (good,) = received(services, count=1)
    (task,) = tasks_of(batch, stores=services.stores)
    stray = TaskMessage(task.key, task.run).encode().replace(batch.batch_id, "bat_gone")
    services.stores.queue.send([stray])
    (bad,) = received(services, count=1)
    assert failures(invoke("image_generator", queue_event([bad, good]))) == [bad.message_id]
    assert counts(services, batch) == {"READY": 1}


def test_an_unreachable_store_fails_every_record_and_each_comes_again(
    services: Services, tmp_path: Path
) -> None:
    started(services, "Flask", "Shield")
    deliveries = received(services, count=2)
    clients, names = installed(tmp_path, max_receives=RECEIVES)
    clients.dynamodb.delete_table(TableName=names.table(TASKS))
    answer = invoke("image_generator", queue_event(deliveries))
    assert failures(answer) == [d.message_id for d in deliveries]
    again = services.stores.queue.receive(limit=1, visibility=LEASE, wait=timedelta(seconds=5))
    assert again[0].receive_count == 2


def test_a_claim_is_prolonged_while_its_image_is_made(configure: Configure) -> None:
    endpoint = an_endpoint()
    endpoint.follow(first_token_ms=2_500)
    services = configure(lease_seconds=1, image_backend=f"sagemaker:{endpoint.name}")
    batch = started(services, "Flask")
    deliveries = received(services, count=1, visibility=timedelta(seconds=1))
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(invoke, "image_generator", queue_event(deliveries))
        again = services.stores.queue.receive(limit=1, visibility=LEASE, wait=timedelta(seconds=2))
        assert failures(working.result()) == []
    assert again == ()
    (task,) = tasks_of(batch, stores=services.stores)
    assert (task.status, task.token, task.faults) == (TaskStatus.READY, 1, 0)


def test_the_message_of_a_killed_process_comes_again_after_a_lease(configure: Configure) -> None:
    endpoint = an_endpoint()
    endpoint.follow(first_token_ms=60_000)
    services = configure(lease_seconds=2, image_backend=f"sagemaker:{endpoint.name}")
    started(services, "Flask")
    deliveries = received(services, count=1, visibility=timedelta(minutes=15))
    program = f"""
from tests.integration.lambdas.invoking import invoke
invoke("image_generator", {queue_event(deliveries)!r})
"""
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        while not endpoint.bodies():
            time.sleep(0.05)
        process.kill()
    again = services.stores.queue.receive(limit=1, visibility=LEASE, wait=timedelta(seconds=10))
    assert [delivery.message_id for delivery in again] == [deliveries[0].message_id]
