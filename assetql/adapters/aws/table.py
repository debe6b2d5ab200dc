"""One DynamoDB table: plain values in and out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assetql.adapters.aws.actions import (
    ABSENT,
    TRIES,
    WRITE,
    Refused,
    call,
    pause,
    put_action,
    update_action,
)
from assetql.adapters.aws.items import Item, Value, keys, placeholders, plain, typed
from assetql.domain.errors import Conflict, StoreUnavailable

_GETS_AT_ONCE = 100


class Table:
    """The table `name`. Every method raises StoreUnavailable for faults."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """The item, read consistently."""
        answer = self._call("get_item", Key=keys(pk, sk), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def insert(
        self, item: Item, *, where: str = ABSENT, values: Mapping[str, Value] | None = None
    ) -> Item | None:
        """Stores it where nothing is, or what is fits `where`; else returns what is there."""
        action = put_action(self.name, item, where, values or {})
        try:
            self._carry_out("put_item", action)
        except Refused as refused:
            return None if _own(action, refused) else refused.found[0]
        return None

    def replace(self, item: Item, condition: str, values: Mapping[str, Value]) -> None:
        """Stores a version over an item of which the condition holds. Raises: Conflict."""
        action = put_action(self.name, item, condition, values)
        try:
            self._carry_out("put_item", action)
        except Refused as refused:
            if not _own(action, refused):
                kind, _, name = str(item["sk"]).partition("#")
                raise Conflict(
                    f"{kind.capitalize()} {name} moved on before version {item['version']}."
                ) from refused

    def update(
        self, pk: str, sk: str, change: str, *, condition: str, values: Mapping[str, Value]
    ) -> Item | None:
        """Changes attributes where the condition holds: the item afterwards, or None.

        A retry may carry the change out twice: it must come to the same.
        """
        action = update_action(self.name, pk, sk, change, condition, values)
        try:
            answer = self._carry_out("update_item", action, ReturnValues="ALL_NEW")
        except Refused:
            return None
        return plain(answer["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        """Harmless where nothing is."""
        self._call("delete_item", Key=keys(pk, sk))

    def query(
        self,
        condition: str,
        values: Mapping[str, Value],
        *,
        index: str | None = None,
        only: str | None = None,
        forward: bool = True,
        at_once: int | None = None,
    ) -> Iterator[Item]:
        """The items of one partition for which the key condition holds, in order of the sort key.

        Read consistently. `only` filters what was read; `at_once` items are read in one request.
        """
        options: dict[str, Any] = {"KeyConditionExpression": condition, "Limit": at_once}
        request = _reading(index, only, options, values)
        return self._pages("query", request | {"ConsistentRead": True, "ScanIndexForward": forward})

    def scan(
        self,
        index: str | None = None,
        *,
        only: str | None = None,
        values: Mapping[str, Value] | None = None,
        after: Item | None = None,
        at_once: int | None = None,
    ) -> Iterator[Item]:
        """Everything in a sparse index, or in the table; `after`: all its keys, to go on behind."""
        start = typed(after) if after else None
        options: dict[str, Any] = {"ExclusiveStartKey": start, "Limit": at_once}
        return self._pages("scan", _reading(index, only, options, values or {}))

    def _pages(self, operation: str, request: dict[str, Any]) -> Iterator[Item]:
        while True:
            page = self._call(operation, **request)
            yield from map(plain, page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            request = request | {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def get_many(self, wanted: Sequence[tuple[str, str]]) -> list[Item]:
        """Those that are there, read consistently, in no order."""
        found: list[Item] = []
        unique = [keys(*key) for key in dict.fromkeys(wanted)]
        for start in range(0, len(unique), _GETS_AT_ONCE):
            left = unique[start : start + _GETS_AT_ONCE]
            for tries in range(TRIES):
                request = {self.name: {"Keys": left, "ConsistentRead": True}}
                answer = call(
                    self.client, "batch_get_item", f"Table {self.name}", RequestItems=request
                )
                found += map(plain, answer.get("Responses", {}).get(self.name, []))
                left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not left:
                    break
                pause(tries)
            else:
                raise StoreUnavailable(
                    f"Table {self.name} left a part of a batch unread {TRIES} times."
                )
        return found

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        what = f"Table {self.name}"
        return call(self.client, operation, what, TableName=self.name, **request)

    def _carry_out(self, operation: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
        (request,) = action.values()
        return call(self.client, operation, f"Table {self.name}", **request, **more)


def _own(action: dict[str, Any], refused: Refused) -> bool:
    """Whether what stands in the way is this very write, whose reply was lost."""
    (found,) = refused.found
    return found is not None and found.get(WRITE) == plain(action["Put"]["Item"])[WRITE]


def _reading(
    index: str | None, only: str | None, options: dict[str, Any], values: Mapping[str, Value]
) -> dict[str, Any]:
    named = {"IndexName": index, "FilterExpression": only, **options}
    expressions = f"{options.get('KeyConditionExpression')} {only}"
    given = {name: value for name, value in named.items() if value is not None}
    return given | placeholders(expressions, values)
