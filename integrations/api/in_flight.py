"""The requests that run, so that a process that ends waits for what they have to give back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

_PATIENCE = 5.0  # seconds; the server has cancelled them by then


class InFlight:
    """The tasks of the requests that have begun and not ended; `finishing`: what they leave."""

    def __init__(self, finishing: set[asyncio.Task[None]]) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self._finishing = finishing

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """On leaving, cancelled turns give their threads back before the stores are closed."""
        yield
        for tasks in (self.tasks, self._finishing):
            if tasks:
                await asyncio.wait(set(tasks), timeout=_PATIENCE)


class Counted:
    """The middleware that knows which requests run."""

    def __init__(self, app: ASGIApp, *, in_flight: InFlight) -> None:
        self._app = app
        self._tasks = in_flight.tasks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        task = asyncio.current_task()
        if scope["type"] == "lifespan" or task is None:
            await self._app(scope, receive, send)
            return
        self._tasks.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._tasks.discard(task)
