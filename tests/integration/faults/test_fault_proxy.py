"""The proxy's faults as boto3 sees them: its own retries are off, so that each one shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import TASKS
from tests.support.emulator import REGION, emulator_address, installed
from tests.support.fault_proxy.faults import (
    ERRORS,
    INTERNAL,
    LOST_REPLY,
    REPEATED,
    RESET,
    THROTTLED,
    UNAVAILABLE,
    Altered,
    Delay,
    Fault,
    Refused,
)
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule, Script
from tests.support.fault_proxy.traffic import Request

SCOPE = b"AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/dynamodb/aws4_request"


class OnceOnly(Clients):
    """Clients that never retry, and wait for a second at most."""

    def client(self, service: str, **options: Any) -> Any:
        once: dict[str, Any] = {
            "retries": {"mode": "standard", "total_max_attempts": 1},
            "read_timeout": 1,
        }
        return super().client(service, **options | once)


class Wired:
    """An installation, through the proxy; each test has a partition of the table to itself."""

    def __init__(self, home: Path, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.clients = OnceOnly(region=REGION, endpoint=proxy.address)
        _, self.names = installed(home, max_receives=3)
        self.table = self.names.table(TASKS)
        self.queue = self.clients.sqs.get_queue_url(QueueName=self.names.queue)["QueueUrl"]
        self.partition = ""

    def item(self, sk: str) -> dict[str, Any]:
        return {"pk": {"S": self.partition}, "sk": {"S": sk}}

    def put(self, sk: str = "1") -> None:
        self.clients.dynamodb.put_item(TableName=self.table, Item=self.item(sk))

    def stored(self) -> list[str]:
        condition = {":pk": {"S": self.partition}}
        found = self.clients.dynamodb.query(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=condition,
        )
        return [each["sk"]["S"] for each in found["Items"]]

    def send(self, *bodies: str) -> Any:
        entries = [{"Id": body, "MessageBody": body} for body in bodies]
        return self.clients.sqs.send_message_batch(QueueUrl=self.queue, Entries=entries)

    def received(self) -> list[str]:
        answer = self.clients.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return sorted(message["Body"] for message in answer.get("Messages", []))

    def upload(self) -> None:
        self.clients.s3.put_object(Bucket=self.names.bucket, Key="raw/a", Body=b"image")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    with FaultProxy(emulator_address(), seed=1) as proxy:
        yield Wired(tmp_path_factory.mktemp("proxy"), proxy)


@pytest.fixture
def wired(installation: Wired, tmp_path: Path) -> Wired:
    installation.proxy.calm()
    installation.received()  # what an earlier test has sent
    installation.proxy.calm()
    installation.partition = tmp_path.name
    return installation


def test_what_passes_is_unharmed_and_logged(wired: Wired) -> None:
    wired.put()
    assert wired.stored() == ["1"]
    wired.upload()
    answer = wired.clients.s3.get_object(Bucket=wired.names.bucket, Key="raw/a")
    assert answer["Body"].read() == b"image"
    head = wired.clients.s3.head_object(Bucket=wired.names.bucket, Key="raw/a")
    assert head["ContentLength"] == 5
    wired.send("a", "b")
    assert wired.received() == ["a", "b"]
    log = wired.proxy.log()
    assert [(seen.service, seen.operation, seen.outcome) for seen in log] == [
        ("dynamodb", "PutItem", "200"),
        ("dynamodb", "Query", "200"),
        ("s3", "PutObject", "200"),
        ("s3", "GetObject", "200"),
        ("s3", "HeadObject", "200"),
        ("sqs", "SendMessageBatch", "200"),
        ("sqs", "ReceiveMessage", "200"),
    ]
    keys = [seen.keys for seen in log]
    assert keys[0] == ((wired.table, wired.partition, "1"),)
    assert keys[2] == ((wired.names.bucket, "raw/a"),)
    assert keys[5] == ((wired.names.queue,),)


def test_a_body_that_waits_for_100_continue_arrives(wired: Wired, tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(300_000))
    with path.open("rb") as file:
        wired.clients.s3.put_object(Bucket=wired.names.bucket, Key="raw/large", Body=file)
    head = wired.clients.s3.head_object(Bucket=wired.names.bucket, Key="raw/large")
    assert head["ContentLength"] == 300_000


@pytest.mark.parametrize("fault", [THROTTLED, INTERNAL, UNAVAILABLE], ids=lambda f: f.name)
@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs"])
def test_an_error_is_the_services_own(wired: Wired, service: str, fault: Refused) -> None:
    calls = {"dynamodb": wired.put, "s3": wired.upload, "sqs": lambda: wired.send("a")}
    wired.proxy.plan(Rule(fault=fault, service=service))
    with pytest.raises(ClientError) as raised:
        calls[service]()
    named = ERRORS[fault.error]
    status, code = named.get(service, named[""])
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    calls[service]()
    assert wired.proxy.hits() == 1


@pytest.mark.parametrize(("fault", "had"), [(RESET, []), (LOST_REPLY, ["1"])])
def test_a_connection_is_reset_before_or_after_the_effect(
    wired: Wired, fault: Fault, had: list[str]
) -> None:
    wired.proxy.plan(Rule(fault=fault, operation="PutItem"))
    with pytest.raises(ConnectionClosedError):
        wired.put()
    assert wired.stored() == had


def test_a_late_request_is_a_timeout_with_an_effect(wired: Wired) -> None:
    wired.proxy.plan(Rule(fault=Delay(1.1), operation="PutItem"))
    with pytest.raises(ReadTimeoutError):
        wired.put()
    while not wired.stored():
        pass


def test_every_second_write_of_a_batch_is_left_undone(wired: Wired) -> None:
    wired.proxy.plan(Rule(fault=PARTIAL, operation="BatchWriteItem"))
    writes = [{"PutRequest": {"Item": wired.item(str(number))}} for number in range(5)]
    answer = wired.clients.dynamodb.batch_write_item(RequestItems={wired.table: writes})
    assert wired.stored() == ["0", "2", "4"]
    assert answer["UnprocessedItems"] == {wired.table: writes[1::2]}


def test_every_second_read_of_a_batch_is_left_undone(wired: Wired) -> None:
    wired.put("0")
    wired.put("1")
    wired.proxy.plan(Rule(fault=PARTIAL, operation="BatchGetItem"))
    asked = {wired.table: {"Keys": [wired.item("0"), wired.item("1")], "ConsistentRead": True}}
    answer = wired.clients.dynamodb.batch_get_item(RequestItems=asked)
    assert answer["Responses"] == {wired.table: [wired.item("0")]}
    left = {"Keys": [wired.item("1")], "ConsistentRead": True}
    assert answer["UnprocessedKeys"] == {wired.table: left}


def test_every_second_message_of_a_batch_fails(wired: Wired) -> None:
    wired.proxy.plan(Rule(fault=PARTIAL, operation="SendMessageBatch"))
    answer = wired.send("a", "b", "c")
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]
    assert wired.received() == ["a", "c"]


def test_a_message_arrives_twice(wired: Wired) -> None:
    wired.proxy.plan(Rule(fault=REPEATED, operation="SendMessageBatch"))
    wired.send("a")
    assert wired.received() == ["a", "a"]


def test_a_request_is_altered(wired: Wired) -> None:
    def hidden(document: dict[str, Any]) -> None:
        for entry in document["Entries"]:
            entry["DelaySeconds"] = 100

    wired.proxy.plan(Rule(fault=Altered(hidden), operation="SendMessageBatch"))
    wired.send("a")
    assert wired.received() == []


def test_rules_count_and_end(wired: Wired) -> None:
    of_row_2 = Rule(fault=INTERNAL, service="dynamodb", key="row-2", skip=1, times=2)
    wired.proxy.plan(of_row_2)
    went: list[bool] = []
    for number in (2, 1, 2, 1, 2, 2):
        try:
            wired.put(f"row-{number}")
        except ClientError:
            went.append(False)
        else:
            went.append(True)
    assert went == [True, True, False, True, False, True]


def test_a_storm_is_the_same_for_the_same_seed() -> None:
    def storm(seed: int) -> list[bool]:
        script = Script(seed=seed)
        script.plan(Rule(fault=THROTTLED, service="dynamodb", chance=0.3, times=None))
        return [script.fault_for(request) is THROTTLED for _ in range(1000)]

    request = Request("POST", "/", ((b"authorization", SCOPE),), b'{"TableName": "t"}')
    first = storm(7)
    assert storm(7) == first != storm(8)
    assert 250 < sum(first) < 350
