"""Creates one installation: its tables, bucket, queues and notifications, as they are defined."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.errors import error_code
from assetql.adapters.aws.resources import (
    ASYNC_KEPT,
    ASYNC_PREFIX,
    DEAD_QUEUE,
    DEAD_QUEUE_KEEPS,
    EXPIRES,
    PARTS_KEPT,
    QUEUE,
    QUEUE_KEEPS,
    TABLES,
    Index,
    Names,
    TableShape,
)
from infra.emulator.pollers import events_queue
from infra.triggers import TRIGGERS, FromBucket, hidden_for

_THERE = {"ResourceInUseException", "BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


def provision(clients: Clients, names: Names, *, max_receives: int) -> None:
    """Creates what is missing; run again it changes nothing."""
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(_create_table, clients, names, shape) for shape in TABLES]
        jobs.append(pool.submit(_create_bucket, clients, names.bucket))
        jobs.append(pool.submit(_create_queues, clients, names, max_receives))
        for job in jobs:
            job.result()


def notify(clients: Clients, names: Names) -> None:
    """The bucket tells the event loop's queue about what a handler is to know; again, no change."""
    queue = clients.sqs.create_queue(QueueName=events_queue(names))["QueueUrl"]
    prefixes = [t.source.prefix for t in TRIGGERS if isinstance(t.source, FromBucket)]
    clients.s3.put_bucket_notification_configuration(
        Bucket=names.bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": _arn(clients, queue),
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
                }
                for prefix in prefixes
            ]
        },
    )


def _create_table(clients: Clients, names: Names, shape: TableShape) -> None:
    name = names.table(shape)
    is_new = _is_new(lambda: clients.dynamodb.create_table(**table_request(name, shape)))
    if is_new and shape.expires:
        clients.dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES},
        )


def table_request(name: str, shape: TableShape) -> dict[str, Any]:
    """What CreateTable is asked for."""
    sorts = {index.sort: "N" if index.numeric else "S" for index in shape.indexes}
    attributes = {"pk": "S", "sk": "S", **sorts}
    request: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in attributes.items()
        ],
        "KeySchema": _key_schema("sk"),
    }
    for kind, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
        indexes = [_index(index) for index in shape.indexes if index.local is local]
        if indexes:
            request[kind] = indexes
    if shape.streams:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return request


def _index(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": "KEYS_ONLY"}
    if index.copies:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.copies)}
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.sort),
        "Projection": projection,
    }


def _key_schema(sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _create_bucket(clients: Clients, bucket: str) -> None:
    region = clients.s3.meta.region_name
    # The one region that may not be named.
    place: dict[str, Any] = (
        {}
        if region == "us-east-1"
        else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    _is_new(lambda: clients.s3.create_bucket(Bucket=bucket, **place))
    clients.s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [_forget_parts(), _forget_passed()]}
    )


def _forget_parts() -> dict[str, Any]:
    return {
        "ID": "parts-of-uploads-that-nobody-finished",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": PARTS_KEPT.days},
    }


def _forget_passed() -> dict[str, Any]:
    return {
        "ID": "what-passed-through-asynchronous-endpoints",
        "Status": "Enabled",
        "Filter": {"Prefix": ASYNC_PREFIX},
        "Expiration": {"Days": ASYNC_KEPT.days},
    }


def _create_queues(clients: Clients, names: Names, max_receives: int) -> None:
    dead = clients.sqs.create_queue(
        QueueName=names.dead_queue, Attributes=_times(DEAD_QUEUE, DEAD_QUEUE_KEEPS)
    )["QueueUrl"]
    redrive = {
        "deadLetterTargetArn": _arn(clients, dead),
        "maxReceiveCount": str(max_receives),
    }
    clients.sqs.create_queue(
        QueueName=names.queue,
        Attributes=_times(QUEUE, QUEUE_KEEPS) | {"RedrivePolicy": json.dumps(redrive)},
    )


def _arn(clients: Clients, queue: str) -> str:
    described = clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    return described["Attributes"]["QueueArn"]


def _times(queue: str, keeps: timedelta) -> dict[str, str]:
    return {
        "MessageRetentionPeriod": str(int(keeps.total_seconds())),
        "VisibilityTimeout": str(hidden_for(queue)),
    }


def _is_new(create: Callable[[], object]) -> bool:
    try:
        create()
    except ClientError as error:
        if error_code(error) not in _THERE:
            raise
        return False
    return True
