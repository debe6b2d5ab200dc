"""The fault proxy: boto3 talks to it as if it were AWS, and it forwards to the emulator.

with FaultProxy(emulator_address(), seed=7) as proxy:
    clients = Clients(region=REGION, endpoint=proxy.address)
    proxy.plan(Rule(fault=THROTTLED, service="dynamodb", chance=0.3, times=None))
"""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import h11

from tests.support.fault_proxy.faults import Dropped
from tests.support.fault_proxy.script import Script
from tests.support.fault_proxy.traffic import Reply, Request
from tests.support.fault_proxy.wire import Wire


class FaultProxy(Script):
    """Serves from a thread of its own while the block runs."""

    def __init__(self, upstream: str, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faults", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = ""

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        self._run(self._serve())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _serve(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    async def _stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(asyncio.CancelledError, OSError):
            await self._connection(Wire(h11.SERVER, reader, writer))

    async def _connection(self, client: Wire) -> None:
        """One client's requests, one after the other, over one connection to the emulator."""
        upstream = _Upstream(*self._upstream)
        try:
            while request := await client.next_request():
                try:
                    reply = await self._carry(request, upstream)
                except Dropped:
                    client.reset()
                    return
                if not await client.answer(reply):
                    return
        finally:
            upstream.close()
            client.close()

    async def _carry(self, request: Request, upstream: "_Upstream") -> Reply:
        fault = self.fault_for(request)
        if fault is None:
            reply = await upstream.ask(request)
            self.record(request, str(reply.status))
            return reply
        self.record(request, fault.name)
        return await fault(request, upstream.ask)


class _Upstream:
    """A connection to the emulator, opened again where the emulator found it idle."""

    def __init__(self, host: str | None, port: int | None) -> None:
        self._address = (host, port)
        self._wire: Wire | None = None

    async def ask(self, request: Request) -> Reply:
        if self._wire is None or self._wire.ended:
            self._wire = Wire(h11.CLIENT, *await asyncio.open_connection(*self._address))
        return await self._wire.ask(request)

    def close(self) -> None:
        if self._wire:
            self._wire.close()
