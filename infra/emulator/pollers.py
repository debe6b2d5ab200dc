"""What Lambda's pollers do: they wait at a source, hand its events to a handler, and settle up."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.errors import error_code
from assetql.adapters.aws.resources import Names
from infra.emulator.invocation import ACCOUNT, Environment
from infra.triggers import EverySeconds, FromBucket, FromQueue, FromStream, Trigger

_LONG_POLL = 5  # seconds
_STREAM_POLL = 0.25  # seconds: four looks per second, as Lambda takes them
_LONGEST_PAUSE = 10.0  # seconds, before a handler gets again what it failed on
_EVENT_TRIES = 3  # of an event of the bucket; Lambda waits a minute and two between them
_MOST_MESSAGES = 10  # that one receipt brings

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What every poller needs: whom it hands events to, where it finds them, and until when."""

    trigger: Trigger
    environment: Environment
    clients: Clients
    names: Names
    stopped: threading.Event

    def failed(self, event: Record, ids: Sequence[str]) -> set[str]:
        """The handler is invoked; which of the records with these ids have to come again."""
        return self.environment.failed(self.trigger, event, ids)


class Poller(Protocol):
    """One trigger's source."""

    def step(self) -> None:
        """Waits a moment for events, and hands over what has come."""
        ...


class QueuePoller:
    """What the handler got done is deleted; the rest comes again when its visibility ends."""

    def __init__(self, source: FromQueue, feed: Feed) -> None:
        self._feed, self._sqs = feed, feed.clients.sqs
        name = f"{feed.names.prefix}-{source.queue}"
        self._url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        self._batch = min(source.batch, _MOST_MESSAGES)
        self._origin = {
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{feed.clients.region}:{ACCOUNT}:{name}",
            "awsRegion": feed.clients.region,
        }

    def step(self) -> None:
        """One receipt, one invocation, one batch of deletions."""
        messages = receive(self._sqs, self._url, self._batch)
        if not messages:
            return
        event = {"Records": [self._record(message) for message in messages]}
        ids = [message["MessageId"] for message in messages]
        failed = self._feed.failed(event, ids)
        done = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
            if message["MessageId"] not in failed
        ]
        if done:  # one that can't be deleted comes again
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=done)

    def _record(self, message: Record) -> Record:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            **self._origin,
        }


class BucketPoller:
    """The bucket's events wait on a queue here, where S3 itself would invoke the handler."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self._sqs = feed, feed.clients.sqs
        self._url = self._sqs.get_queue_url(QueueName=events_queue(feed.names))["QueueUrl"]

    def step(self) -> None:
        """One receipt; each message is an event of its own."""
        for message in receive(self._sqs, self._url, _MOST_MESSAGES):
            event = json.loads(message["Body"])
            tries = int(message["Attributes"]["ApproximateReceiveCount"])
            told = "Records" not in event  # the bucket's own test of its notifications
            failed = not told and self._feed.failed(event, ["event"])
            settled: dict[str, Any] = {
                "QueueUrl": self._url,
                "ReceiptHandle": message["ReceiptHandle"],
            }
            if failed and tries < _EVENT_TRIES:
                self._sqs.change_message_visibility(**settled, VisibilityTimeout=tries)
            else:
                self._sqs.delete_message(**settled)


class StreamPoller:
    """In order, from the oldest change on; what failed is handed over again before the next."""

    def __init__(self, source: FromStream, feed: Feed) -> None:
        self._source, self._feed = source, feed
        self._streams: Any = feed.clients.client("dynamodbstreams")
        name = feed.names.table(source.table)
        table = feed.clients.dynamodb.describe_table(TableName=name)["Table"]
        self._stream = table["LatestStreamArn"]
        self._iterator: str | None = None
        self._last: str | None = None  # the sequence number up to which records were read
        self._waiting: list[Record] = []
        self._pause = _STREAM_POLL

    def step(self) -> None:
        """Reads until the batch is full or its window over; one invocation."""
        self._read()
        if not self._waiting:
            self._feed.stopped.wait(_STREAM_POLL)
            return
        closes = time.monotonic() + self._source.window
        while len(self._waiting) < self._source.batch and time.monotonic() < closes:
            self._feed.stopped.wait(_STREAM_POLL)
            self._read()
        self._hand_over(self._waiting[: self._source.batch])

    def _hand_over(self, records: list[Record]) -> None:
        ids = [_sequence(record) for record in records]
        event = {"Records": [{**record, "eventSourceARN": self._stream} for record in records]}
        failed = self._feed.failed(event, ids)
        done = next((n for n, sequence in enumerate(ids) if sequence in failed), len(ids))
        self._waiting = self._waiting[done:]
        if failed:
            self._feed.stopped.wait(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            self._pause = _STREAM_POLL

    def _read(self) -> None:
        room = self._source.batch - len(self._waiting)
        if room <= 0:
            return
        self._iterator = self._iterator or self._new_iterator()
        try:
            page = self._streams.get_records(ShardIterator=self._iterator, Limit=min(room, 1_000))
        except ClientError as error:
            if error_code(error) != "ExpiredIteratorException":
                raise
            self._iterator = None  # a handler took longer than an iterator lives
            return
        self._iterator = page.get("NextShardIterator")
        self._waiting += page["Records"]
        if page["Records"]:
            self._last = _sequence(page["Records"][-1])

    def _new_iterator(self) -> str:
        described = self._streams.describe_stream(StreamArn=self._stream)["StreamDescription"]
        place: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        if self._last:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        shard = described["Shards"][0]["ShardId"]  # the emulator has one
        return self._streams.get_shard_iterator(StreamArn=self._stream, ShardId=shard, **place)[
            "ShardIterator"
        ]


class SchedulePoller:
    """At the start, then in equal distances."""

    def __init__(self, source: EverySeconds, feed: Feed) -> None:
        self._feed, self._every, self._region = feed, source.seconds, feed.clients.region
        rule = f"{feed.names.prefix}-{feed.trigger.name}"
        self._rule = f"arn:aws:events:{self._region}:{ACCOUNT}:rule/{rule}"

    def step(self) -> None:
        """One event, one pause; an event whose handler failed is not repeated."""
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [self._rule],
            "detail": {},
        }
        self._feed.failed(event, [event["id"]])
        self._feed.stopped.wait(self._every)


def open_poller(feed: Feed) -> Poller:
    """What polls the trigger's source."""
    match feed.trigger.source:
        case FromQueue() as source:
            return QueuePoller(source, feed)
        case FromBucket():
            return BucketPoller(feed)  # the bucket's notifications know the prefix
        case FromStream() as source:
            return StreamPoller(source, feed)
        case EverySeconds() as source:
            return SchedulePoller(source, feed)


def events_queue(names: Names) -> str:
    """Where the emulated bucket tells of its objects."""
    return f"{names.prefix}-bucket-events"


def receive(sqs: Any, url: str, limit: int) -> list[Record]:
    """Messages with what Lambda's events say of them; waits for the first."""
    return sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=limit,
        WaitTimeSeconds=_LONG_POLL,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])


def _sequence(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
