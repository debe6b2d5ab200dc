"""Browsers' sessions: a cookie with a random name, and a record of whose it is.

The record ends with the logout, so that a cookie that was copied ends with it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.identity import Principal, Role
from assetql.services import Services
from integrations.api.auth.same_origin import changes, require_same_origin

LIFE = timedelta(hours=12)  # then roles that were taken away are gone for certain
_OWNER = "http"
_LONGEST = 64  # characters of our cookies


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """One cookie of ours, by which a record is found."""

    name: str
    life: timedelta
    path: str
    public_url: str | None

    @property
    def _https(self) -> bool:
        return (self.public_url or "").startswith("https:")

    @property
    def full_name(self) -> str:
        """Browsers take a `__Secure-` cookie over HTTPS only."""
        return f"__Secure-{self.name}" if self._https else self.name

    def read(self, connection: HTTPConnection) -> str | None:
        """The key of its record."""
        value = connection.cookies.get(self.full_name, "")
        return _key(self.name, value) if 0 < len(value) <= _LONGEST else None

    def set(self, response: Response) -> str:
        """Sets it to something that nobody can guess; returns the key of its record."""
        value = secrets.token_urlsafe(32)
        response.set_cookie(
            self.full_name,
            value,
            max_age=round(self.life.total_seconds()),
            path=self.path,
            httponly=True,
            secure=self._https,
            samesite="lax",  # the login's server sends the browser back from its own site
        )
        return _key(self.name, value)

    def delete(self, response: Response) -> None:
        """The browser forgets it."""
        response.delete_cookie(
            self.full_name, path=self.path, httponly=True, secure=self._https, samesite="lax"
        )


def _key(name: str, value: str) -> str:
    return f"{name}:{sha256(value.encode(errors='backslashreplace')).hexdigest()}"


class Records:
    """What cookies stand for, until it expires."""

    def __init__(self, services: Services) -> None:
        self._doors = services.stores.doors
        self._clock = services.clock

    async def add(self, key: str, life: timedelta, document: Mapping[str, object]) -> None:
        """Keeps it for as long as it lives."""
        now = self._clock.now()
        record = DoorRecord(
            owner=_OWNER,
            kind=RecordKind.SESSION,
            key=key,
            created_at=now,
            document=document,
            expires_at=now + life,
        )
        await run_in_threadpool(self._doors.add, record, now=now)

    async def get(self, key: str) -> Mapping[str, Any] | None:
        """What lives under the key."""
        record = await run_in_threadpool(
            self._doors.get, _OWNER, RecordKind.SESSION, key, now=self._clock.now()
        )
        return cast("Mapping[str, Any]", record.document) if record else None

    async def delete(self, key: str) -> None:
        """It is gone, if it was there."""
        await run_in_threadpool(self._doors.delete, _OWNER, RecordKind.SESSION, key)


class Sessions:
    """Who is logged in with a browser."""

    def __init__(self, services: Services) -> None:
        self.records = Records(services)
        self._public_url = services.settings.public_url
        self._cookie = Cookie(
            name="assetql_session", life=LIFE, path="/", public_url=self._public_url
        )

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """Whose session it is; None where the cookie is none of ours, or has ended.

        Raises: Forbidden where another site has the browser change something.
        """
        key = self._cookie.read(connection)
        found = await self.records.get(key) if key else None
        if found is None:
            return None
        if changes(connection):
            require_same_origin(connection, self._public_url)
        return Principal(
            found["workspace"], found["user"], frozenset(Role(role) for role in found["roles"])
        )

    async def begin(self, principal: Principal, response: Response) -> None:
        """Logs the browser in that gets `response`."""
        document = {
            "workspace": principal.workspace,
            "user": principal.user,
            "roles": sorted(principal.roles),
        }
        await self.records.add(self._cookie.set(response), LIFE, document)

    async def end(self, connection: HTTPConnection, response: Response) -> None:
        """Logs it out, for whoever has a copy of its cookie too. Raises: Forbidden."""
        require_same_origin(connection, self._public_url)
        key = self._cookie.read(connection)
        if key:
            await self.records.delete(key)
        self._cookie.delete(response)
