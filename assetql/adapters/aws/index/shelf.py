"""The segments of one workspace in S3, and the key that cursors are signed with."""

import secrets
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

from botocore.exceptions import ClientError

from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.adapters.aws.index.layout import Extent, Plan, extent_of, is_segment, plan_in

PREFIX = "index/"
_KEY = f"{PREFIX}key"
_AT_ONCE = 16
_DELETED_AT_ONCE = 1000
_LOST = {"PreconditionFailed", "ConditionalRequestConflict"}  # another process was first
T = TypeVar("T")


class Gone(Exception):
    """A segment that was merged into another one, and deleted since it was listed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment as it is listed; `size` in bytes."""

    extent: Extent
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """The segments by name, as of a moment of S3's own clock."""

    segments: dict[str, Stored]
    at: datetime


class Shelf:
    """Where one workspace's segments are. Every method raises StoreUnavailable for faults."""

    def __init__(self, client: Any, bucket: str, workspace: str) -> None:
        self._client, self._bucket = client, bucket
        self._prefix = f"{PREFIX}{quote(workspace, safe='')}/"
        self._plans: dict[str, Plan] = {}

    def listing(self) -> Listing:
        """All segments that are there; what was put before is among them."""
        segments: dict[str, Stored] = {}
        date = ""
        with self._faults():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                date = date or page["ResponseMetadata"]["HTTPHeaders"]["date"]
                for entry in page.get("Contents", []):
                    name = entry["Key"].removeprefix(self._prefix)
                    if is_segment(name):
                        segments[name] = Stored(
                            extent_of(name), entry["Size"], entry["LastModified"]
                        )
        return Listing(segments, parsedate_to_datetime(date))

    def plans(self, listing: Listing) -> dict[str, Plan]:
        """Of those that were merged. Raises: Gone."""
        merged = {name: each.extent.plan for name, each in listing.segments.items()}
        unread = [name for name, size in merged.items() if size and name not in self._plans]
        written = each_of(lambda name: self.read(name, 0, merged[name]), unread)
        known = self._plans | dict(zip(unread, map(plan_in, written), strict=True))
        self._plans = {name: known[name] for name, size in merged.items() if size}
        return self._plans

    def read(self, name: str, start: int, end: int | None = None) -> bytes:
        """Some bytes of a segment. Raises: Gone."""
        span = f"bytes={start}-{'' if end is None else end - 1}"
        with self._faults():
            return self._client.get_object(**self._at(name), Range=span)["Body"].read()

    def read_tail(self, name: str, start: int, end: int) -> bytes:
        """Some of a segment's embeddings. Raises: Gone."""
        tail = extent_of(name).tail
        return self.read(name, tail + start, tail + end)

    def put(self, name: str, data: bytes) -> None:
        """Harmless where it is there already."""
        with self._faults():
            self._client.put_object(
                **self._at(name), Body=data, ContentType="application/octet-stream"
            )

    def delete(self, names: Sequence[str]) -> None:
        """Harmless where they are gone; what is left undone is done another time."""
        for start in range(0, len(names), _DELETED_AT_ONCE):
            some = names[start : start + _DELETED_AT_ONCE]
            objects = [{"Key": self._at(name)["Key"]} for name in some]
            with self._faults():
                self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
                )

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}"}

    @contextmanager
    def _faults(self) -> Generator[None]:
        with aws_faults(f"Bucket {self._bucket}"):
            try:
                yield
            except ClientError as error:
                if error_code(error) != "NoSuchKey":
                    raise
                raise Gone from error


def each_of(action: Callable[[str], T], names: Sequence[str]) -> list[T]:
    """Several requests at a time; the answers in the order of the names."""
    if len(names) < 2:
        return [action(name) for name in names]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(action, names))


def signing_key(client: Any, bucket: str) -> bytes:
    """One key for the whole installation, made by whoever needs it first."""
    at = {"Bucket": bucket, "Key": _KEY}
    with aws_faults(f"Bucket {bucket}"):
        try:
            return client.get_object(**at)["Body"].read()
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise
        made = secrets.token_bytes(32)
        try:
            client.put_object(**at, Body=made, IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) not in _LOST:
                raise
        return client.get_object(**at)["Body"].read()
