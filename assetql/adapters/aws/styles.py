"""Style profiles in DynamoDB, and who holds which name.

A workspace's partition has three kinds of items: `style#id` the profile, `name#folded` and
`key#idempotency` whose it is.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from assetql.adapters.aws.actions import (
    ABSENT,
    OVER_THE_LAST,
    Action,
    Refused,
    put_action,
    transact,
)
from assetql.adapters.aws.items import Item, Value, key_of, keys, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec
from assetql.domain.errors import Conflict
from assetql.domain.style import StyleProfile

_STYLES = Codec(StyleProfile)
_STYLE, _NAME, _KEY = "style", "name", "key"
_DOUBLE = 8  # bytes


class DynamoStyles:
    """The StyleStore of the AWS family: a profile and its name change in one transaction."""

    def __init__(self, styles: Table) -> None:
        self._table = styles

    def create(self, profile: StyleProfile, *, key: str) -> StyleProfile:
        new = [
            self._put(_holder(profile, _KEY, key)),
            self._put(_holder(profile, _NAME, _folded(profile.name))),
            self._put(_item(profile)),
        ]
        try:
            self._transact(new)
        except Refused as refused:
            if not refused.failed(0):
                raise _taken(profile, named=refused.failed(1)) from refused
        else:
            return profile
        # Another call had the key first: what it stored, as it is now.
        holder = self._table.get(*_place(profile.workspace, _KEY, key))
        first = self.get(profile.workspace, str(holder["of"])) if holder else None
        if first is None:
            raise Conflict(f"The style of the key {key!r} is gone.")
        return first

    def save(self, profile: StyleProfile) -> None:
        stored = self._table.get(*_place(profile.workspace, _STYLE, profile.style_id))
        before: dict[str, Value] = {"before": profile.version - 1}
        if stored is None or stored["folded"] == _folded(profile.name):
            self._table.replace(_item(profile), OVER_THE_LAST, before)
        else:
            self._rename(profile, str(stored["folded"]), before)

    def get(self, workspace: str, style_id: str) -> StyleProfile | None:
        item = self._table.get(*_place(workspace, _STYLE, style_id))
        return _profile(item) if item else None

    def named(self, workspace: str, name: str) -> StyleProfile | None:
        holder = self._table.get(*_place(workspace, _NAME, _folded(name)))
        found = self.get(workspace, str(holder["of"])) if holder else None
        # It may have been renamed between the two reads.
        return found if found and _folded(found.name) == _folded(name) else None

    def list(self, workspace: str) -> tuple[StyleProfile, ...]:
        values = {"pk": key_of(workspace), "kind": f"{_STYLE}#"}
        items = self._table.query("#pk = :pk AND begins_with(#sk, :kind)", values)
        return tuple(map(_profile, sorted(items, key=lambda item: str(item["folded"]))))

    def _rename(self, profile: StyleProfile, old: str, before: dict[str, Value]) -> None:
        change = [
            put_action(self._table.name, _item(profile), OVER_THE_LAST, before),
            self._put(_holder(profile, _NAME, _folded(profile.name))),
            {"Delete": self._at(_place(profile.workspace, _NAME, old))},
        ]
        try:
            self._transact(change)
        except Refused as refused:
            raise _taken(profile, named=refused.failed(1)) from refused

    def _put(self, item: Item) -> Action:
        return put_action(self._table.name, item, ABSENT)

    def _at(self, place: tuple[str, str]) -> dict[str, object]:
        return {"TableName": self._table.name, "Key": keys(*place)}

    def _transact(self, actions: Sequence[Action]) -> None:
        transact(self._table.client, actions, what=f"Table {self._table.name}")


def _place(workspace: str, kind: str, of: str) -> tuple[str, str]:
    return key_of(workspace), key_of(kind, of)


def _holder(profile: StyleProfile, kind: str, of: str) -> Item:
    pk, sk = _place(profile.workspace, kind, of)
    return {"pk": pk, "sk": sk, "of": profile.style_id}


def _item(profile: StyleProfile) -> Item:
    """The embeddings are packed: as JSON, ten long ones would come near what an item may have."""
    pk, sk = _place(profile.workspace, _STYLE, profile.style_id)
    numbers = list(chain.from_iterable(profile.embeddings))
    return {
        "pk": pk,
        "sk": sk,
        "folded": _folded(profile.name),
        "version": profile.version,
        "document": _STYLES.encode(replace(profile, embeddings=())),
        "embeddings": struct.pack(f"<{len(numbers)}d", *numbers),
        "dimensions": len(profile.embeddings[0]) if profile.embeddings else 1,
    }


def _profile(item: Item) -> StyleProfile:
    packed, dimensions = item["embeddings"], whole(item, "dimensions")
    assert isinstance(packed, bytes)
    numbers = struct.unpack(f"<{len(packed) // _DOUBLE}d", packed)
    embeddings = tuple(
        numbers[start : start + dimensions] for start in range(0, len(numbers), dimensions)
    )
    return replace(_STYLES.decode(str(item["document"])), embeddings=embeddings)


def _folded(name: str) -> str:
    return name.casefold()


def _taken(profile: StyleProfile, *, named: bool) -> Conflict:
    if named:
        return Conflict(
            f"There is a style named {profile.name!r} already.", remedy="Choose another name."
        )
    return Conflict(f"Style {profile.style_id} is there already, or moved on.")
