"""What SQS does beyond the contract: batches that fail in part, limits, whole seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.queue import SqsQueue
from assetql.adapters.aws.resources import Names
from assetql.domain.errors import InvalidInput, StoreUnavailable
from assetql.ports import QueueDepth
from tests.contract.races import race
from tests.contract.values import MINUTE
from tests.support.fault_proxy.faults import (
    LOST_REPLY,
    RESET,
    THROTTLED,
    Forward,
    error_reply,
)
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.fault_proxy.traffic import Reply, Request

KIBIBYTE = 2**10
BLINK = timedelta(milliseconds=1)
_BY_RECEIPT = ("ChangeMessageVisibility", "DeleteMessage")


@pytest.fixture
def queue(aws: tuple[Clients, Names]) -> SqsQueue:
    clients, names = aws
    return SqsQueue(clients.sqs, names)


def _drain(queue: SqsQueue) -> list[str]:
    bodies: list[str] = []
    while deliveries := queue.receive(limit=10, visibility=MINUTE):
        bodies += [delivery.body for delivery in deliveries]
    return bodies


def _requests(proxy: FaultProxy, operation: str) -> int:
    return sum(seen.operation == operation for seen in proxy.log())


def test_batches_that_fail_in_part_are_finished(queue: SqsQueue, proxy: FaultProxy) -> None:
    proxy.plan(Rule(fault=PARTIAL, operation="SendMessageBatch", times=None))
    bodies = [str(number) for number in range(25)]
    queue.send(bodies)
    assert sorted(_drain(queue)) == sorted(bodies)


def test_an_error_that_stays_is_a_fault(
    aws: tuple[Clients, Names], proxy: FaultProxy, queue: SqsQueue
) -> None:
    clients, names = aws
    impatient = SqsQueue(clients.client("sqs", retries={"total_max_attempts": 1}), names)
    queue.send(["a"])
    (delivery,) = queue.receive(limit=1, visibility=MINUTE)
    calls: list[tuple[str, Callable[[], object]]] = [
        ("SendMessageBatch", lambda: impatient.send(["b"])),
        ("ReceiveMessage", lambda: impatient.receive(limit=1, visibility=MINUTE)),
        ("DeleteMessage", lambda: impatient.ack(delivery)),
        ("ChangeMessageVisibility", lambda: impatient.extend(delivery, MINUTE)),
        ("GetQueueAttributes", impatient.depth),
    ]
    for operation, call in calls:
        proxy.plan(Rule(fault=THROTTLED, operation=operation))
        with pytest.raises(StoreUnavailable, match=r"generation did not answer .*RequestThrottled"):
            call()
    assert proxy.hits() == len(calls)


def test_a_send_whose_reply_was_lost_arrives(queue: SqsQueue, proxy: FaultProxy) -> None:
    proxy.plan(
        Rule(fault=LOST_REPLY, operation="SendMessageBatch"),
        Rule(fault=RESET, operation="ReceiveMessage"),
    )
    queue.send(["a"])
    assert set(_drain(queue)) == {"a"}


def test_few_requests_carry_many_messages(queue: SqsQueue, proxy: FaultProxy) -> None:
    queue.send([str(number) for number in range(95)])
    assert _requests(proxy, "SendMessageBatch") == 10
    queue.send(["x" * 400 * KIBIBYTE] * 5)  # two of them fit into a batch
    assert _requests(proxy, "SendMessageBatch") == 13
    assert queue.depth().visible == 100


def test_what_sqs_does_not_carry_is_named(queue: SqsQueue) -> None:
    with pytest.raises(InvalidInput, match="InvalidMessageContents"):
        queue.send(["fine", "a bell \a"])
    with pytest.raises(InvalidInput, match="MessageTooLong"):
        queue.send(["x" * (KIBIBYTE**2 + 1)])
    assert _drain(queue) == ["fine"]


def test_times_are_rounded_up_and_kept_within_limits(queue: SqsQueue) -> None:
    queue.send(["a"], delay=BLINK)
    assert queue.depth() == QueueDepth(visible=0, in_flight=1, dead=0)
    (delivery,) = queue.receive(limit=100, visibility=BLINK, wait=MINUTE)
    queue.extend(delivery, timedelta(days=2))
    queue.send(["b"], delay=timedelta(days=2))
    assert queue.depth() == QueueDepth(visible=0, in_flight=2, dead=0)


def test_a_short_wait_takes_one_request(queue: SqsQueue, proxy: FaultProxy) -> None:
    assert queue.receive(limit=1, visibility=MINUTE, wait=timedelta(milliseconds=20)) == ()
    assert _requests(proxy, "ReceiveMessage") == 1


def test_threads_look_the_address_up_once(queue: SqsQueue, proxy: FaultProxy) -> None:
    race(8, lambda number: queue.send([str(number)]))
    queue.send(["9"])
    assert _requests(proxy, "GetQueueUrl") == 1


@dataclass(frozen=True, slots=True)
class StaleReceipt:
    """SQS knows the receipt, but not as the last one of a message in flight."""

    code: str
    name: str = "stale receipt"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        return error_reply(request, 400, self.code)


@pytest.mark.parametrize(
    "code",
    [
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
        "AWS.SimpleQueueService.MessageNotInflight",
    ],
)
def test_whatever_sqs_calls_a_stale_receipt_it_does_nothing(
    queue: SqsQueue, proxy: FaultProxy, code: str
) -> None:
    queue.send(["a"])
    (delivery,) = queue.receive(limit=1, visibility=MINUTE)
    proxy.plan(*(Rule(fault=StaleReceipt(code), operation=operation) for operation in _BY_RECEIPT))
    queue.extend(delivery, timedelta(0))
    queue.ack(delivery)
    assert proxy.hits() == 2
    assert queue.depth() == QueueDepth(visible=0, in_flight=1, dead=0)


def test_a_queue_that_is_not_there_says_so(aws: tuple[Clients, Names]) -> None:
    nowhere = SqsQueue(aws[0].sqs, Names(prefix="nowhere", bucket="nowhere"))
    with pytest.raises(StoreUnavailable, match="nowhere-generation does not exist"):
        nowhere.send(["a"])
