"""The event loop: real events of the emulator reach handlers as Lambda's pollers bring them."""

import sys
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes import S3Event
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import ASSETS, DEAD_QUEUE, QUEUE, RAW_PREFIX, Names
from infra.emulator.events import EventLoop
from infra.emulator.provision import notify, provision
from infra.triggers import EverySeconds, FromBucket, FromQueue, FromStream, Source, Trigger
from tests.support.emulator import installed

Event = Mapping[str, Any]
Handler = Callable[[Event, LambdaContext], object]
MAX_RECEIVES = 2
SOON = 20  # seconds


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Clients, Names]:
    return installed(tmp_path, max_receives=MAX_RECEIVES)


@pytest.fixture
def feed(
    installation: tuple[Clients, Names], monkeypatch: pytest.MonkeyPatch
) -> Generator[Callable[[Source, Handler], None]]:
    """Feeds a handler from a source until the test ends."""
    running: list[tuple[EventLoop, threading.Thread]] = []

    def start(source: Source, handler: Handler) -> None:
        module = ModuleType(f"handler_{len(running)}")
        module.handler = handler  # pyright: ignore[reportAttributeAccessIssue]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        loop = EventLoop(
            *installation, [Trigger(handler=module.__name__, source=source, timeout=60)]
        )
        thread = threading.Thread(target=loop.run)
        thread.start()
        running.append((loop, thread))

    yield start
    for loop, thread in running:
        loop.stop()
        thread.join(SOON)
        assert not thread.is_alive()


def test_messages_that_a_handler_reports_come_again_and_then_go_to_the_dead(
    installation: tuple[Clients, Names], feed: Callable[[Source, Handler], None]
) -> None:
    clients, names = installation
    url = clients.sqs.get_queue_url(QueueName=names.queue)["QueueUrl"]
    clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    dead: SimpleQueue[str] = SimpleQueue()
    good: SimpleQueue[str] = SimpleQueue()
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def one(record: SQSRecord) -> None:
        if record.body == "poison":
            raise ValueError(record.body)
        good.put(record.body)

    def handler(event: Event, context: LambdaContext) -> object:
        assert context.get_remaining_time_in_millis() > 0
        return process_partial_response(
            event=dict(event), record_handler=one, processor=processor, context=context
        )

    def bury(event: Event, _: LambdaContext) -> None:
        for record in event["Records"]:
            assert record["eventSourceARN"].endswith(names.dead_queue)
            dead.put(record["body"])

    bodies = ["poison", *(f"good {number}" for number in range(9))]
    clients.sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)],
    )
    feed(FromQueue(QUEUE, batch=10), handler)
    feed(FromQueue(DEAD_QUEUE, batch=10), bury)

    assert dead.get(timeout=SOON) == "poison"
    assert sorted(good.get(timeout=SOON) for _ in range(9)) == bodies[1:]
    assert good.empty()


def test_changes_come_in_order_and_again_from_the_failed_one_on(
    installation: tuple[Clients, Names], feed: Callable[[Source, Handler], None]
) -> None:
    clients, names = installation
    calls: list[list[str]] = []
    done: SimpleQueue[str] = SimpleQueue()

    def handler(event: Event, _: LambdaContext) -> object:
        records = list(DynamoDBStreamEvent(dict(event)).records)
        images = [record.dynamodb.new_image for record in records if record.dynamodb]
        calls.append([str(image["document"]) for image in images])
        if len(calls) == 1:
            raise RuntimeError
        for number, image in enumerate(images):
            if str(image["document"]) == "3" and len(calls) == 2:
                sequence = event["Records"][number]["dynamodb"]["SequenceNumber"]
                return {"batchItemFailures": [{"itemIdentifier": sequence}]}
            done.put(str(image["document"]))
        return None

    for number in range(6):
        item = {"pk": {"S": "asset"}, "sk": {"S": "key"}, "document": {"S": str(number)}}
        clients.dynamodb.put_item(TableName=names.table(ASSETS), Item=item)
    feed(FromStream(ASSETS, batch=5, window=1), handler)

    assert [done.get(timeout=SOON) for _ in range(6)] == list("012345")
    assert calls[0] == calls[1] == list("01234")
    assert calls[2][:2] == ["3", "4"]


def test_objects_under_the_prefix_are_told_of_and_told_again_where_the_handler_failed(
    installation: tuple[Clients, Names], feed: Callable[[Source, Handler], None]
) -> None:
    clients, names = installation
    notify(clients, names)
    notify(clients, names)
    seen: SimpleQueue[tuple[str, str]] = SimpleQueue()

    def handler(event: Event, _: LambdaContext) -> None:
        told = S3Event(dict(event))
        seen.put((told.bucket_name, told.object_key))
        if seen.qsize() == 1:
            raise RuntimeError

    feed(FromBucket(RAW_PREFIX), handler)
    for key in ("thumbnails/a", "raw/an asset, ä.png"):
        clients.s3.put_object(Bucket=names.bucket, Key=key, Body=b"png")

    expected = (names.bucket, "raw/an asset, ä.png")
    assert [seen.get(timeout=SOON) for _ in range(2)] == [expected] * 2


def test_a_schedule_fires_and_outlives_a_handler_that_fails(
    feed: Callable[[Source, Handler], None],
) -> None:
    fired: SimpleQueue[tuple[str, str]] = SimpleQueue()

    def handler(event: Event, context: LambdaContext) -> None:
        fired.put((event["detail-type"], context.aws_request_id))
        raise RuntimeError

    feed(EverySeconds(1), handler)

    (kind, first), (_, second) = (fired.get(timeout=SOON) for _ in range(2))
    assert kind == "Scheduled Event"
    assert first != second


def test_provisioning_again_changes_nothing(installation: tuple[Clients, Names]) -> None:
    clients, names = installation
    item = {"pk": {"S": "asset"}, "sk": {"S": "key"}}
    clients.dynamodb.put_item(TableName=names.table(ASSETS), Item=item)

    provision(clients, names, max_receives=MAX_RECEIVES)

    found = clients.dynamodb.get_item(TableName=names.table(ASSETS), Key=item)
    assert found["Item"] == item
