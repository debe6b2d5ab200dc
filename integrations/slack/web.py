"""Calls of Slack's Web API: one connection pool, and Slack's own word on when to come back."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

_PATIENCE = 3  # times that "come back in n seconds" is heeded for one call


class SlackWeb:
    """Clients by token; while `running`, they share one pool of connections."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self._session: aiohttp.ClientSession | None = None
        # Bolt makes a client of its own for each request, in the image of this one.
        self.pattern = self.client(None)

    def client(self, token: str | None) -> AsyncWebClient:
        """A client that waits as long as a 429 says, and tries again."""
        return AsyncWebClient(
            token=token,
            base_url=self.api_url,
            session=self._session,
            retry_handlers=[
                AsyncRateLimitErrorRetryHandler(max_retry_count=_PATIENCE),
                AsyncConnectionErrorRetryHandler(),
            ],
        )

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool; only while `running`."""
        assert self._session is not None
        return self._session

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Opens the pool."""
        jar = aiohttp.DummyCookieJar()  # teams must not share what Slack sets
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            self._session = self.pattern.session = session
            try:
                yield
            finally:
                self._session = self.pattern.session = None
