"""The task queue on SQS: one standard queue, and the dead letters that its redrive policy fills."""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from assetql.adapters.aws.actions import TRIES, pause
from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.adapters.aws.resources import Names
from assetql.domain.errors import InvalidInput, StoreUnavailable
from assetql.ports import Delivery, QueueDepth

_AT_ONCE = 10
_BATCH_BYTES = 2**20
_LONGEST_DELAY = 900
_LONGEST_POLL = 20
_LONGEST_VISIBILITY = 43_200
_VISIBLE = "ApproximateNumberOfMessages"
_HIDDEN = "ApproximateNumberOfMessagesNotVisible"
_DELAYED = "ApproximateNumberOfMessagesDelayed"
_RECEIVED = "ApproximateReceiveCount"
# How a receipt is refused that is not its message's last one, or whose message is gone.
_STALE = {
    "InvalidParameterValue",
    "MessageNotInflight",
    "AWS.SimpleQueueService.MessageNotInflight",
    "ReceiptHandleIsInvalid",
}


class SqsQueue:
    """The TaskQueue of the AWS family. All its times are whole seconds, rounded up.

    A receipt counts towards the redrive policy's `maxReceiveCount`, which provisioning sets.
    """

    def __init__(self, client: Any, names: Names) -> None:
        self._client = client
        self._names = names

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta(0)) -> None:
        """In batches. Where one fails, those before it stay sent: sending again is harmless.

        Raises: InvalidInput for a body that SQS can't carry.
        """
        seconds = _seconds(delay, _LONGEST_DELAY)
        with aws_faults(self._names.queue):
            for batch in _batches(bodies):
                self._send_all(batch, seconds)

    def receive(
        self, *, limit: int, visibility: timedelta, wait: timedelta = timedelta(0)
    ) -> tuple[Delivery, ...]:
        """At most 10. Any `wait` is a long poll, of one second at least: it ends with a message."""
        seconds = _seconds(wait, _LONGEST_POLL)
        return self._receive(self._url, limit=limit, visibility=visibility, wait=seconds)

    def extend(self, delivery: Delivery, visibility: timedelta) -> None:
        seconds = _seconds(visibility, _LONGEST_VISIBILITY)
        with self._with_receipt():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=delivery.receipt, VisibilityTimeout=seconds
            )

    def ack(self, delivery: Delivery) -> None:
        self._delete(self._url, delivery)

    def receive_dead(self, *, limit: int, visibility: timedelta) -> tuple[Delivery, ...]:
        return self._receive(self._dead_url, limit=limit, visibility=visibility, wait=0)

    def ack_dead(self, delivery: Delivery) -> None:
        self._delete(self._dead_url, delivery)

    def depth(self) -> QueueDepth:
        """SQS counts approximately: what was sent a moment ago may be missing."""
        alive, dead = self._counts(self._url), self._counts(self._dead_url)
        return QueueDepth(
            visible=alive[_VISIBLE],
            in_flight=alive[_HIDDEN] + alive[_DELAYED],
            dead=sum(dead.values()),
        )

    @cached_property
    def _url(self) -> str:
        return self._url_of(self._names.queue)

    @cached_property
    def _dead_url(self) -> str:
        return self._url_of(self._names.dead_queue)

    def _url_of(self, name: str) -> str:
        with aws_faults(f"Queue {name}"):
            return self._client.get_queue_url(QueueName=name)["QueueUrl"]

    def _send_all(self, bodies: Sequence[str], delay: int) -> None:
        """One batch; what SQS answers as failed is sent again."""
        left = {str(number): body for number, body in enumerate(bodies)}
        for tries in range(TRIES):
            entries = [
                {"Id": number, "MessageBody": body, "DelaySeconds": delay}
                for number, body in left.items()
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            failed = answer.get("Failed", [])
            for entry in failed:
                if entry["SenderFault"]:
                    raise _not_carried(left[entry["Id"]], entry["Code"])
            left = {entry["Id"]: left[entry["Id"]] for entry in failed}
            if not left:
                return
            pause(tries)
        raise StoreUnavailable(f"{self._names.queue} left a part of a batch unsent {TRIES} times.")

    def _receive(
        self, url: str, *, limit: int, visibility: timedelta, wait: int
    ) -> tuple[Delivery, ...]:
        with aws_faults(self._names.queue):
            answer = self._client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(limit, _AT_ONCE),
                VisibilityTimeout=_seconds(visibility, _LONGEST_VISIBILITY),
                WaitTimeSeconds=wait,
                MessageSystemAttributeNames=[_RECEIVED],
            )
        return tuple(map(_delivery, answer.get("Messages", [])))

    def _delete(self, url: str, delivery: Delivery) -> None:
        with self._with_receipt():
            self._client.delete_message(QueueUrl=url, ReceiptHandle=delivery.receipt)

    @contextmanager
    def _with_receipt(self) -> Generator[None]:
        """A stale receipt does nothing, silently: the message is somebody else's now."""
        with aws_faults(self._names.queue):
            try:
                yield
            except ClientError as error:
                if error_code(error) not in _STALE:
                    raise

    def _counts(self, url: str) -> dict[str, int]:
        names = [_VISIBLE, _HIDDEN, _DELAYED]
        with aws_faults(self._names.queue):
            answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return {name: int(answer["Attributes"][name]) for name in names}


def _delivery(message: dict[str, Any]) -> Delivery:
    return Delivery(
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        receive_count=int(message["Attributes"][_RECEIVED]),
    )


def _seconds(time: timedelta, longest: int) -> int:
    return min(math.ceil(time.total_seconds()), longest)


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """As few as the limits on a batch's messages and bytes allow."""
    batch: list[str] = []
    room = _BATCH_BYTES
    for body in bodies:
        size = len(body.encode())
        if size > _BATCH_BYTES:
            raise _not_carried(body, "MessageTooLong")
        if len(batch) == _AT_ONCE or size > room:
            yield batch
            batch, room = [], _BATCH_BYTES
        batch.append(body)
        room -= size
    if batch:
        yield batch


def _not_carried(body: str, code: str) -> InvalidInput:
    return InvalidInput(
        f"SQS can't carry the message {body[:100]!r} ({code}).",
        remedy="Send 1 byte to 1 MiB of characters that XML may hold.",
    )
