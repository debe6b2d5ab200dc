"""What an OpenID Connect issuer publishes: its endpoints, and the keys that it signs with."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import httpx2
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from assetql.domain.errors import Unauthenticated, Unavailable
from assetql.ports import Clock
from assetql.telemetry.events import EventLog

FRESH = timedelta(hours=1)  # how long keys are used before they are looked at again
STALE = timedelta(hours=24)  # how long, where the issuer can't be reached
PAUSE = timedelta(seconds=30)  # between two fetches, whatever tokens ask for
_PATIENCE = 5.0  # seconds
_LEAST_BITS = 2048
_LARGEST = 1024 * 1024  # bytes of a document
_EVENTS = EventLog(__name__)


class Issuer:
    """One issuer; safe to share among the tasks of one event loop."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self._clock = clock
        self._lock = asyncio.Lock()
        self._endpoints: Mapping[str, Any] = {}
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None

    async def key(self, kid: str) -> PyJWK:
        """The public key of that id. Raises: Unauthenticated; Unavailable without any keys."""
        aged = not self._younger(self._fetched, FRESH) and not self._lock.locked()
        if kid not in self._keys or aged:
            async with self._lock:  # who waited finds that somebody has just tried
                if not self._younger(self._tried, PAUSE):
                    await self._refresh()
        if not self._younger(self._fetched, STALE):
            raise Unavailable(
                "The issuer's keys can't be fetched, so no token can be checked.",
                remedy="Try again in a minute, or use an API key.",
            )
        if kid not in self._keys:
            raise Unauthenticated(
                "The token is signed by a key that its issuer does not publish.",
                remedy="Get a new token.",
            )
        return self._keys[kid]

    async def endpoint(self, name: str) -> str:
        """An address from the issuer's configuration. Raises: Unavailable."""
        async with httpx2.AsyncClient(timeout=_PATIENCE) as client:
            try:
                return str((await self._configuration(client))[name])
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                raise Unavailable(
                    "The login's server does not answer as it should.",
                    remedy="Try again in a minute.",
                ) from error

    def _younger(self, since: datetime | None, age: timedelta) -> bool:
        return since is not None and self._clock.now() - since < age

    async def _refresh(self) -> None:
        self._tried = self._clock.now()
        try:
            async with httpx2.AsyncClient(timeout=_PATIENCE) as client:
                address = str((await self._configuration(client))["jwks_uri"])
                self._keys = _usable(await _document(client, address))
        except (httpx2.HTTPError, ValueError, KeyError, PyJWTError) as error:
            _EVENTS.warning("auth.keys_not_fetched", error)
        else:
            self._fetched = self._tried

    async def _configuration(self, client: httpx2.AsyncClient) -> Mapping[str, Any]:
        """Raises: ValueError for one that is another issuer's."""
        if not self._endpoints:
            found = await _document(client, f"{self.url}/.well-known/openid-configuration")
            if found["issuer"] != self.url:
                raise ValueError("the configuration of another issuer")
            self._endpoints = found
        return self._endpoints


async def _document(client: httpx2.AsyncClient, address: str) -> Mapping[str, Any]:
    """Raises: HTTPError, ValueError."""
    response = (await client.get(address)).raise_for_status()
    document: object = response.json()
    if not isinstance(document, dict) or len(response.content) > _LARGEST:
        raise ValueError("not a document of an issuer")
    return cast("dict[str, Any]", document)


def _usable(document: Mapping[str, Any]) -> Mapping[str, PyJWK]:
    """RSA keys of enough bits that have an id. Raises: PyJWTError where none can be read."""
    found: dict[str, PyJWK] = {}
    for key in PyJWKSet.from_dict(dict(document)).keys:
        public: object = key.key
        if key.key_id and isinstance(public, RSAPublicKey) and public.key_size >= _LEAST_BITS:
            found[key.key_id] = key
    return found
