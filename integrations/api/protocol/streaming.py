"""Answers that last as long as a run: its events, or its values once it has ended."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from integrations.api.protocol.live_runs import LiveRun
from integrations.api.protocol.run_view import ThreadRuns
from integrations.api.protocol.wire import plain

_PULSE = 15.0  # seconds of silence after which proxies hear that the answer still comes


def places(thread_id: str, run_id: str, *, answer: str | None = None) -> Mapping[str, str]:
    """Headers that say which run it is, and where its `answer` (stream, join) is got again."""
    run = f"/threads/{quote(thread_id, safe=':@')}/runs/{run_id}"  # headers hold no other letters
    return {"Content-Location": run} | ({"Location": f"{run}/{answer}"} if answer else {})


def streamed(
    runs: ThreadRuns, run_id: str, modes: Collection[str], *, behind: int | None, cancel: bool
) -> EventSourceResponse:
    """Its events; with `cancel` a client that goes away ends the run."""

    async def events() -> AsyncIterator[bytes]:
        live = runs.live(run_id)
        try:
            async for event in runs.read(run_id, modes, behind):
                yield event
        finally:
            _left(live, cancel=cancel)

    headers = places(runs.thread_id, run_id, answer="stream")
    return EventSourceResponse(events(), headers=headers, ping=int(_PULSE))


def waited(runs: ThreadRuns, run_id: str, *, cancel: bool) -> StreamingResponse:
    """Its last values as JSON; white space before them keeps the connection open."""

    async def body() -> AsyncIterator[bytes]:
        live = runs.live(run_id)
        values = asyncio.ensure_future(runs.values(run_id))
        try:
            while not (await asyncio.wait([values], timeout=_PULSE))[0]:
                yield b"\n"
            yield json.dumps(values.result(), default=plain).encode()
        finally:
            values.cancel()
            _left(live, cancel=cancel)

    headers = places(runs.thread_id, run_id, answer="join")
    return StreamingResponse(body(), headers=headers, media_type="application/json")


def _left(live: LiveRun | None, *, cancel: bool) -> None:
    if cancel and live and not live.over:
        live.cancel()
