"""Items as plain values, the keys that they live under, and DynamoDB's way of writing both."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

Value = str | int | bytes | bool
Item = dict[str, Value]

_NAME = re.compile(r"#(\w+)")
_LONGEST_PART = 200


def key_of(*parts: object) -> str:
    """`a#b`: no two lists of parts share a key, whatever characters they hold."""
    return "#".join(map(_part, parts))


def _part(part: object) -> str:
    text = str(part).replace("%", "%25").replace("#", "%23")
    if len(text) <= _LONGEST_PART:
        return text
    # A sort key has 1,024 bytes at most. No escaped text holds `%~`.
    return f"%~{sha256(text.encode()).hexdigest()}"


def keys(pk: str, sk: str) -> dict[str, dict[str, str]]:
    """A primary key, typed."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def typed(item: Mapping[str, Value]) -> dict[str, Any]:
    """The item as requests carry it."""
    return {name: _typed(value) for name, value in item.items()}


def _typed(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case str():
            return {"S": value}


def plain(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """The item as answers carry it, untyped again; numbers are whole."""
    return {
        name: int(value["N"]) if "N" in value else next(iter(value.values()))
        for name, value in item.items()
    }


def whole(item: Item, name: str) -> int:
    """The number that the attribute holds."""
    value = item[name]
    assert isinstance(value, int)
    return value


def placeholders(expressions: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """What stands behind the `#attribute` and `:value` of the expressions.

    The name behind `#` is the attribute's own, so that nobody has to know the reserved words.
    """
    names = {f"#{name}": name for name in _NAME.findall(expressions)}
    given = {f":{name}": _typed(value) for name, value in values.items()}
    return ({"ExpressionAttributeNames": names} if names else {}) | (
        {"ExpressionAttributeValues": given} if given else {}
    )
