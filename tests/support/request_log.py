"""What clients asked of AWS: requests by service and operation, written items by partition key."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


class RequestLog:
    """Counts every request that leaves a watched client, retries included. Thread-safe.

    `requests` is keyed by (service, operation), `writes` by (table, partition key): one for each
    item that a request writes.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.writes: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def watch(self, *clients: Any) -> "RequestLog":
        """Counts what these boto3 clients send from now on."""
        for client in clients:
            client.meta.events.register_last("before-send", self._note)
        return self

    def of(self, service: str) -> int:
        """Requests to one service, such as `dynamodb`."""
        return sum(count for (name, _), count in self.requests.items() if name == service)

    @property
    def hottest_share(self) -> float:
        """The share of all writes that the most written partition key of any table got."""
        return max(self.writes.values(), default=0) / max(1, self.writes.total())

    def _note(self, event_name: str, request: Any, **rest: object) -> None:
        del rest
        service, operation = event_name.split(".")[1:]
        written = list(_written(operation, request.body)) if service == "dynamodb" else []
        with self._lock:
            self.requests[service, operation] += 1
            self.writes.update(written)


def _written(operation: str, body: bytes) -> Iterator[tuple[str, str]]:
    asked = json.loads(body)
    if operation == "BatchWriteItem":
        for table, writes in asked["RequestItems"].items():
            for write in writes:
                yield _partition(table, write.get("PutRequest") or write["DeleteRequest"])
    elif operation == "TransactWriteItems":
        for action in asked["TransactItems"]:
            for request in action.values():  # a check costs as much as a write
                yield _partition(request["TableName"], request)
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield _partition(asked["TableName"], asked)


def _partition(table: str, request: Mapping[str, Any]) -> tuple[str, str]:
    return table, (request.get("Item") or request["Key"])["pk"]["S"]
