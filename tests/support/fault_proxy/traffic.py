"""Requests and replies on their way through the proxy: of which service, and about what."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

Headers = tuple[tuple[bytes, bytes], ...]
Key = tuple[str, ...]
"""A table's, its partition and sort key; or a bucket and its key; or a queue; or an endpoint."""

WRITES = frozenset(
    {
        "BatchWriteItem",
        "DeleteItem",
        "PutItem",
        "TransactWriteItems",
        "UpdateItem",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "SendMessageBatch",
        "CompleteMultipartUpload",
        "DeleteObject",
        "PutObject",
    }
)
"""The operations that change something."""

_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the emulator answers, or the proxy in its place."""

    status: int
    headers: Headers
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body of a JSON protocol."""
        return json.loads(self.body)

    def with_document(self, document: Mapping[str, Any]) -> "Reply":
        """The same with another body; checksums of the old one go."""
        kept = tuple((n, v) for n, v in self.headers if n.lower() != b"x-amz-crc32")
        return replace(self, headers=kept, body=json.dumps(document).encode())


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks; `service` and `operation` as boto3 names them (sqs, SendMessageBatch)."""

    method: str
    target: str
    headers: Headers
    body: bytes
    service: str = field(init=False)
    operation: str = field(init=False)

    def __post_init__(self) -> None:
        service = _service(self)
        object.__setattr__(self, "service", service)
        object.__setattr__(self, "operation", _OPERATIONS.get(service, _of_target)(self))

    def header(self, name: str) -> str:
        """Its value, or nothing."""
        wanted = name.encode()
        return next((v.decode() for n, v in self.headers if n.lower() == wanted), "")

    @property
    def document(self) -> dict[str, Any]:
        """The body of a JSON protocol."""
        return json.loads(self.body)

    def with_document(self, document: Mapping[str, Any]) -> "Request":
        """The same with another body."""
        return replace(self, body=json.dumps(document).encode())

    @property
    def keys(self) -> tuple[Key, ...]:
        """What it reads or writes, where it says so."""
        return tuple(_KEYS.get(self.service, _keys_of_path)(self))


def _service(request: Request) -> str:
    query = parse_qs(urlsplit(request.target).query)
    signed = request.header("authorization") or "".join(
        f"Credential={value}" for value in query.get("X-Amz-Credential", [])
    )
    found = _SCOPE.search(signed)
    return found[1] if found else ""


def _of_target(request: Request) -> str:
    return request.header("x-amz-target").rpartition(".")[2]


def _of_path(request: Request) -> str:
    action = urlsplit(request.target).path.rpartition("/")[2]
    return {
        "converse": "Converse",
        "converse-stream": "ConverseStream",
        "invoke": "InvokeModel",
        "invocations": "InvokeEndpoint",
        "async-invocations": "InvokeEndpointAsync",
    }.get(action, action)


def _of_object(request: Request) -> str:
    split = urlsplit(request.target)
    marks = {part.partition("=")[0] for part in split.query.split("&")} & _MARKS
    about = "key" if "/" in split.path.strip("/") else "bucket"
    return _OF_OBJECT.get((request.method, marks.pop() if marks else about), "")


_MARKS = {"uploadId", "uploads", "delete"}
_OF_OBJECT = {
    ("PUT", "key"): "PutObject",
    ("GET", "key"): "GetObject",
    ("HEAD", "key"): "HeadObject",
    ("DELETE", "key"): "DeleteObject",
    ("PUT", "bucket"): "CreateBucket",
    ("GET", "bucket"): "ListObjectsV2",
    ("HEAD", "bucket"): "HeadBucket",
    ("POST", "delete"): "DeleteObjects",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}
_OPERATIONS: dict[str, Callable[[Request], str]] = {
    "s3": _of_object,
    "bedrock": _of_path,
    "sagemaker": _of_path,
}


def _keys_of_path(request: Request) -> Iterator[Key]:
    parts = urlsplit(request.target).path.strip("/").split("/", 1)
    yield tuple(part for part in parts if part)


def _keys_of_queue(request: Request) -> Iterator[Key]:
    document = request.document
    url = document.get("QueueUrl") or document.get("QueueName") or ""
    yield (url.rpartition("/")[2],)


def _keys_of_items(request: Request) -> Iterator[Key]:
    document = request.document
    for table, asked in document.get("RequestItems", {}).items():
        given = asked["Keys"] if "Keys" in asked else [_only(_only(each)) for each in asked]
        yield from (_key(table, item) for item in given)
    for action in document.get("TransactItems", []):
        yield _item_key(_only(action))
    if "TableName" in document:
        yield _item_key(document)


def _only(one: Mapping[str, Any]) -> Any:
    (value,) = one.values()
    return value


def _item_key(action: Mapping[str, Any]) -> Key:
    return _key(action["TableName"], action.get("Item") or action.get("Key") or {})


def _key(table: str, item: Mapping[str, Any]) -> Key:
    return (table, *(item[name]["S"] for name in ("pk", "sk") if name in item))


_KEYS: dict[str, Callable[[Request], Iterator[Key]]] = {
    "dynamodb": _keys_of_items,
    "sqs": _keys_of_queue,
}
