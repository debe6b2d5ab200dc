"""API keys: how machines say for whom they ask. Only a hash of a key's secret is kept.

A key reads `aql_WORKSPACE_ID_SECRET`.
"""

import hmac
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from assetql.domain.identity import Action, Principal, Role
from assetql.domain.ids import derived_id
from assetql.pipeline.audit import note
from assetql.ports import Clock, Page, Stores

PREFIX = "aql_"
LONGEST_LIFE = timedelta(days=3650)
MOST_LISTED = 200
_LONGEST_NAME = 100
_KIND = RecordKind.API_KEY
_ID = re.compile(r"key_[a-z2-7]{10}")
_SPOKEN = re.compile(r"aql_([a-z0-9][a-z0-9-]{0,62})_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a key; its secret is not. As a caller its `key_id` is the user."""

    key_id: str
    name: str
    roles: frozenset[Role]
    created_by: str
    created_at: datetime
    expires_at: datetime | None


def create_api_key(
    name: str,
    *,
    roles: Collection[Role],
    life: timedelta | None,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    key: str,
) -> tuple[ApiKey, str]:
    """Makes a key and its secret, which nobody can read again. `life` None: until it is revoked.

    Raises: Conflict where the idempotency `key` has made one already.
    """
    caller.require(Action.MANAGE_KEYS)
    _check(name, roles, life)
    now = clock.now()
    key_id = derived_id("key", caller.workspace, key)
    secret = secrets.token_urlsafe(32)
    record = DoorRecord(
        owner=caller.workspace,
        kind=_KIND,
        key=key_id,
        created_at=now,
        document={
            "name": name,
            "roles": sorted(roles),
            "created_by": caller.user,
            "hash": _hash(secret),
        },
        expires_at=now + life if life else None,
    )
    if stores.doors.add(record, now=now):
        raise Conflict(
            f"{key_id!r} was made by this request before; its secret was shown then.",
            remedy="If that is lost, revoke the key and make another.",
        )
    facts = {"name": name, "roles": sorted(roles)}
    note(stores.audit, "key.create", key_id, caller=caller, at=now, facts=facts)
    spoken = f"{PREFIX}{caller.workspace}_{key_id.removeprefix('key_')}_{secret}"
    return _api_key(record), spoken


def list_api_keys(
    *, caller: Principal, stores: Stores, clock: Clock, after: str | None = None, limit: int = 50
) -> Page[ApiKey]:
    """The workspace's keys that neither were revoked nor have expired, in order of their ids."""
    caller.require(Action.MANAGE_KEYS)
    found = stores.doors.page(
        caller.workspace,
        _KIND,
        now=clock.now(),
        after=after,
        limit=max(1, min(limit, MOST_LISTED)),
    )
    return Page(tuple(_api_key(record) for record in found.items), found.cursor)


def revoke_api_key(key_id: str, *, caller: Principal, stores: Stores, clock: Clock) -> None:
    """From now on nobody gets in by it. Raises: NotFound."""
    caller.require(Action.MANAGE_KEYS)
    now = clock.now()
    known = _ID.fullmatch(key_id)
    if not known or not stores.doors.get(caller.workspace, _KIND, key_id, now=now):
        raise NotFound("API key", key_id, remedy="List the keys to see which there are.")
    stores.doors.delete(caller.workspace, _KIND, key_id)
    note(stores.audit, "key.revoke", key_id, caller=caller, at=now)


def principal_of_key(spoken: str, *, stores: Stores, clock: Clock) -> Principal:
    """Whom a key speaks for. Raises: Unauthenticated, the same for all that do not hold."""
    parts = _SPOKEN.fullmatch(spoken)
    if parts:
        workspace, short_id, secret = parts.groups()
        record = stores.doors.get(workspace, _KIND, f"key_{short_id}", now=clock.now())
        if record and hmac.compare_digest(str(record.document["hash"]), _hash(secret)):
            key = _api_key(record)
            return Principal(record.owner, key.key_id, key.roles)
    raise Unauthenticated(
        "The API key does not hold.", remedy="It was revoked, has expired, or is mistyped."
    )


def _check(name: str, roles: Collection[Role], life: timedelta | None) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            f"{name[:_LONGEST_NAME]!r} can't be a key's name.",
            remedy=f"Take 1 to {_LONGEST_NAME} printable characters.",
        )
    if not roles:
        raise InvalidInput("A key needs a role.", remedy=f"Roles: {', '.join(Role)}.")
    if life is not None and not timedelta(0) < life <= LONGEST_LIFE:
        raise InvalidInput(
            f"A key can't hold for {life.days} days.",
            remedy=f"Take up to {LONGEST_LIFE.days}, or let it hold until it is revoked.",
        )


def _hash(secret: str) -> str:
    """The secret has 256 random bits, so that one round of SHA-256 is enough."""
    return sha256(secret.encode()).hexdigest()


def _api_key(record: DoorRecord) -> ApiKey:
    document = cast("Mapping[str, Any]", record.document)
    return ApiKey(
        key_id=record.key,
        name=document["name"],
        roles=frozenset(Role(role) for role in document["roles"]),
        created_by=document["created_by"],
        created_at=record.created_at,
        expires_at=record.expires_at,
    )
