"""What an asynchronous endpoint does with one request: S3 in, S3 out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from assetql.adapters.aws.clients import Clients

# An image's bytes, or None and why there are none.
Container = Callable[[bytes], tuple[bytes | None, str]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Where a request lies and where its answer goes, as `s3://bucket/key`."""

    endpoint: str
    source: str
    output: str
    failure: str


def work(job: Job, container: Container) -> None:
    """Writes the output, or the failure where there is none."""
    s3 = _s3(job.endpoint)
    body = s3.get_object(**_place(job.source))["Body"].read()
    made, complaint = container(body)
    if made is None:
        s3.put_object(**_place(job.failure), Body=complaint.encode())
    else:
        s3.put_object(**_place(job.output), Body=made)


def _place(uri: str) -> dict[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


@cache
def _s3(endpoint: str) -> Any:
    return Clients(region="us-east-1", endpoint=endpoint).s3
