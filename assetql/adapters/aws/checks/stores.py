"""Whether an installation's tables, bucket and queues are there, and as they should be."""

import json
from typing import Any

from botocore.exceptions import ClientError

from assetql.adapters.aws.checks.looking import look
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names, TableShape
from assetql.domain.finding import Finding

_DEPLOY = "Deploy the installation again, or name another by ASSETQL_AWS_PREFIX."
_AT_WORK = {"ACTIVE", "UPDATING"}


def table(clients: Clients, name: str, shape: TableShape) -> Finding:
    """Its keys, indexes and stream."""
    what = f"Table {name}"

    def ask() -> Finding:
        described = clients.dynamodb.describe_table(TableName=name)["Table"]
        status = described["TableStatus"]
        if status not in _AT_WORK:
            return Finding(what, "wrong", f"is {status}", "Wait until it is ACTIVE.")
        lacks = _lacks(described, shape)
        return Finding(what, "wrong", lacks, _DEPLOY) if lacks else Finding(what, "ok", status)

    return look(what, ask)


def _lacks(described: dict[str, Any], shape: TableShape) -> str:
    """What of the shape the table hasn't got."""
    keys = [key["AttributeName"] for key in described["KeySchema"]]
    if keys != ["pk", "sk"]:
        return f"has the keys {', '.join(keys)} instead of pk, sk"
    found = {
        index["IndexName"]
        for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
        for index in described.get(kind, [])
    }
    missing = {index.name for index in shape.indexes} - found
    if missing:
        return f"lacks the index {min(missing)}"
    stream = described.get("StreamSpecification", {}).get("StreamEnabled", False)
    return "has no stream, which the handlers need" if shape.streams and not stream else ""


def bucket(clients: Clients, name: str) -> Finding:
    """That it is there, ours, and in the region."""
    what = f"Bucket {name}"

    def ask() -> Finding:
        region = clients.s3.meta.region_name
        try:
            there = clients.s3.head_bucket(Bucket=name).get("BucketRegion", region)
        except ClientError as refusal:
            status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
            if status not in _NO_BUCKET:
                raise
            return Finding(what, "wrong", *_NO_BUCKET[status])
        if there != region:
            remedy = f"Set ASSETQL_AWS_BUCKET to one in {region}, or ASSETQL_AWS_REGION={there}."
            return Finding(what, "wrong", f"is in {there}, not in {region}", remedy)
        return Finding(what, "ok", f"in {region}")

    return look(what, ask)


# An answer to HEAD has no body, so S3 says why by the status alone.
_NO_BUCKET = {
    403: (
        "is somebody else's, or these credentials may not list it",
        "Check ASSETQL_AWS_BUCKET, or allow s3:ListBucket on it.",
    ),
    404: ("does not exist", "Set ASSETQL_AWS_BUCKET to the installation's, or deploy it."),
}


def queues(clients: Clients, names: Names, *, max_receives: int, lease: int) -> Finding:
    """That the generation queue hides a message for a lease (seconds), and gives up as it should.

    That is to its dead letters, as often as the settings say.
    """
    what = f"Queue {names.queue}"

    def ask() -> Finding:
        sqs = clients.sqs
        url = sqs.get_queue_url(QueueName=names.queue)["QueueUrl"]
        wanted = ["RedrivePolicy", "VisibilityTimeout"]
        has = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        redrive = json.loads(has.get("RedrivePolicy", "{}"))
        dead = str(redrive.get("deadLetterTargetArn", "")).rpartition(":")[2]
        if dead != names.dead_queue:
            found = f"gives up to {dead or 'nobody'}, not to {names.dead_queue}"
            return Finding(what, "wrong", found, _DEPLOY)
        sqs.get_queue_url(QueueName=names.dead_queue)
        hidden = int(has["VisibilityTimeout"])
        if hidden < lease:
            found = f"shows a message again after {hidden} s, before a lease of {lease} s has ended"
            return Finding(what, "wrong", found, f"Set ASSETQL_LEASE_SECONDS={hidden}, or deploy.")
        return _gives_up(what, int(redrive["maxReceiveCount"]), max_receives)

    return look(what, ask)


def _gives_up(what: str, receives: int, wanted: int) -> Finding:
    if receives == wanted:
        return Finding(what, "ok", f"gives up after {receives} receipts")
    found = f"gives up after {receives} receipts, not {wanted}"
    return Finding(what, "note", found, f"Set ASSETQL_MAX_RECEIVES={receives}, or deploy.")
