"""Events as AWS sends them, about what a test is about."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from assetql.adapters.codec import Codec
from assetql.domain.asset import Asset
from assetql.domain.task import Task
from assetql.ports import Delivery

_FOLDER = Path(__file__).parents[2] / "fixtures" / "events"
_TASKS, _ASSETS = Codec(Task), Codec(Asset)

Event = dict[str, Any]


def event(name: str) -> Event:
    """A recorded event."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def queue_event(deliveries: Sequence[Delivery]) -> Event:
    """What Lambda makes of messages that it received."""
    template = event("sqs")["Records"][0]
    records = [
        {
            **deepcopy(template),
            "messageId": delivery.message_id,
            "receiptHandle": delivery.receipt,
            "body": delivery.body,
            "attributes": {
                **template["attributes"],
                "ApproximateReceiveCount": str(delivery.receive_count),
            },
        }
        for delivery in deliveries
    ]
    return {"Records": records}


def object_event(key: str) -> Event:
    """S3 says that an object was created."""
    told = event("s3_object_created")
    told["Records"][0]["s3"]["object"]["key"] = quote_plus(key, safe="/")
    return told


def stream_event(*changed: Task | Asset | str | None) -> Event:
    """Items that a table has now: tasks, assets, other documents, or None for one that went."""
    template = event("dynamodb_stream")["Records"][0]
    return {"Records": [_record(template, n, of) for n, of in enumerate(changed)]}


def _record(template: Event, number: int, of: Task | Asset | str | None) -> Event:
    record = deepcopy(template)
    change = record["dynamodb"]
    change["SequenceNumber"] = sequence(number)
    match of:
        case Task():
            change["NewImage"]["document"] = {"S": _TASKS.encode(of)}
        case Asset():
            change["NewImage"]["document"] = {"S": _ASSETS.encode(of)}
        case str():
            change["NewImage"]["document"] = {"S": of}
        case None:
            record["eventName"] = "REMOVE"
            del change["NewImage"]
    return record


def sequence(number: int) -> str:
    """The sequence number of a stream event's record, from 0."""
    return f"4421584500000000017450439{number:03d}"


def failures(answer: Any) -> list[str]:
    """The records that a handler reported as failed."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def call_event(
    arguments: Mapping[str, object], *, workspace: str = "studio", role: str = "editor"
) -> Event:
    """A direct call on behalf of somebody."""
    identity = {"workspace": workspace, "user": "ana", "roles": [role]}
    return {"identity": identity, "arguments": dict(arguments)}


def request_event(body: object, *, key: str | None = None, **claims: str) -> Event:
    """API Gateway passes a request on, with the claims that its authorizer checked."""
    told = event("api_gateway")
    told["body"] = json.dumps(body)
    told["requestContext"]["authorizer"]["claims"] |= claims
    if key:
        told["headers"]["Idempotency-Key"] = key
    return told
