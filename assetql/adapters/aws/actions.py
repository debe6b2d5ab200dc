"""Conditional writes and transactions: what they are refused for, and which refusals are ours."""

import time
from collections.abc import Mapping, Sequence
from random import random
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.adapters.aws.items import Item, Value, keys, placeholders, plain, typed
from assetql.domain.errors import StoreUnavailable

Action = dict[str, dict[str, Any]]

ABSENT = "attribute_not_exists(#pk)"
OVER_THE_LAST = "#version = :before"  # `before`: one less than the version that is written
WRITE = "write_id"  # of the last conditional write: one whose reply was lost finds itself
AT_ONCE = 100  # actions of one transaction
TRIES = 10
_LONGEST_PAUSE = 2.0
_FAILED = "ConditionalCheckFailed"
_IN_THE_WAY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Refused(Exception):
    """A write whose condition did not hold: nothing was changed.

    `causes` and `found` have an entry per action: why it failed ("None" where it did not), and
    the item that its condition was held against, where there is one.
    """

    def __init__(self, causes: Sequence[str], found: Sequence[Item | None]) -> None:
        self.causes = tuple(causes)
        self.found = tuple(found)
        super().__init__(", ".join(causes))

    def failed(self, action: int) -> bool:
        """Whether the condition of that action did not hold."""
        return self.causes[action] == _FAILED


def put_action(
    table: str, item: Item, condition: str = "", values: Mapping[str, Value] | None = None
) -> Action:
    """`item` is stored, where the condition holds."""
    request = {"TableName": table, "Item": typed(item | {WRITE: uuid4().hex})}
    return {"Put": request | _on_condition(condition, "", values or {})}


def update_action(
    table: str, pk: str, sk: str, change: str, condition: str, values: Mapping[str, Value]
) -> Action:
    """Attributes change, where the condition holds."""
    request = {"TableName": table, "Key": keys(pk, sk), "UpdateExpression": change}
    return {"Update": request | _on_condition(condition, change, values)}


def check_action(
    table: str, pk: str, sk: str, condition: str, values: Mapping[str, Value]
) -> Action:
    """Nothing changes, but the condition must hold."""
    request = {"TableName": table, "Key": keys(pk, sk)}
    return {"ConditionCheck": request | _on_condition(condition, "", values)}


def _on_condition(condition: str, change: str, values: Mapping[str, Value]) -> dict[str, Any]:
    request = placeholders(f"{change} {condition}", values)
    if condition:
        request |= {
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    return request


def transact(client: Any, actions: Sequence[Action], *, what: str) -> None:
    """All actions or none. Raises: Refused; StoreUnavailable.

    boto3 gives each call a token, so that what it retries by itself is carried out once.
    """
    for tries in range(TRIES):
        try:
            call(client, "transact_write_items", what, TransactItems=list(actions))
        except Refused as refused:
            if not _IN_THE_WAY.intersection(refused.causes):
                if _FAILED in refused.causes:
                    raise
                # No condition: an item too large, a collection that is full, a wrong type.
                raise StoreUnavailable(f"{what} cancelled a transaction: {refused}.") from refused
        else:
            return
        pause(tries)
    raise StoreUnavailable(f"{what}: other writes were in the way {TRIES} times.")


def call(client: Any, operation: str, what: str, **request: Any) -> dict[str, Any]:
    """One request. Raises: Refused where a condition does not hold; StoreUnavailable."""
    with aws_faults(what):
        for tries in range(TRIES - 1):
            try:
                return _ask(client, operation, request)
            except ClientError as error:
                # A transaction holds the item just now; botocore does not try that again.
                if error_code(error) != "TransactionConflictException":
                    raise
            pause(tries)
        return _ask(client, operation, request)


def _ask(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return getattr(client, operation)(**request)
    except ClientError as error:
        refused = _refusal(error)
        if refused is None:
            raise
        raise refused from error


def _refusal(error: ClientError) -> Refused | None:
    response: Mapping[str, Any] = error.response
    match error_code(error):
        case "ConditionalCheckFailedException":
            return Refused([_FAILED], [plain(response.get("Item", {})) or None])
        case "TransactionCanceledException":
            reasons = response.get("CancellationReasons", [])
            found = [plain(reason.get("Item", {})) or None for reason in reasons]
            return Refused([reason.get("Code", "None") for reason in reasons], found)
        case _:
            return None


def pause(tries: int) -> None:
    """Waits before the next try: longer each time, and never in step with others."""
    time.sleep(min(_LONGEST_PAUSE, 0.02 * 2**tries) * (0.5 + random()))
