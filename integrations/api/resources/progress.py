"""How a batch gets on, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

from fastapi import Header, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from agent.services import AgentServices
from assetql.domain.identity import Principal
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from integrations.api.dependencies import Agent, Caller
from integrations.api.resources.models import BatchPath
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("batches")
HEARTBEAT = 15  # seconds without news after which a comment is sent
LONGEST = 600  # seconds; who comes back says anew who they are
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "`progress` events with status and counts; `ended` is the last one. "
        "After ten minutes the stream ends without it: ask again with Last-Event-ID",
    },
    204: {"description": "It has ended, and Last-Event-ID says that this is known"},
}


@router.get(
    "/batches/{batch_id}/events",
    response_class=Response,
    responses={**_STREAM, **refusals(404)},
)
async def watch_batch(
    batch_id: BatchPath,
    caller: Caller,
    agent: Agent,
    last_event_id: Annotated[str | None, Header(description="Of the last event received")] = None,
) -> Response:
    """Events until the batch has ended, for ten minutes at most.

    An EventSource comes back by itself then. Who comes back is not told again what they know.
    """
    report = await agent.call(_look, batch_id, caller, agent)
    if _ended(report) and _event_id(report) == last_event_id:
        return Response(status_code=204)  # which tells an EventSource to stay away
    return EventSourceResponse(_events(report, caller, agent, last_event_id), ping=HEARTBEAT)


async def _events(
    report: BatchReport, caller: Principal, agent: AgentServices, told: str | None
) -> AsyncIterator[ServerSentEvent]:
    begin = monotonic()
    while True:
        ended = _ended(report)
        if _event_id(report) != told:
            told = _event_id(report)
            name = "ended" if ended else "progress"
            yield ServerSentEvent(json.dumps(_facts(report)), event=name, id=told)
        if ended or monotonic() - begin >= LONGEST:
            return
        await asyncio.sleep(agent.services.settings.poll_seconds)
        report = await agent.call(_look, report.batch.batch_id, caller, agent)


def _look(batch_id: str, caller: Principal, agent: AgentServices) -> BatchReport:
    stores = agent.services.stores
    return report_batch(get_batch(batch_id, caller=caller, stores=stores), stores=stores)


def _ended(report: BatchReport) -> bool:
    """Closed, or a draft that was cancelled with all its tasks."""
    batch = report.batch
    if batch.closed:
        return True
    return bool(batch.cancelled_at and not batch.started_at and not report.counts.open)


def _event_id(report: BatchReport) -> str:
    """The state in one line: the same state is the same event."""
    counts = "-".join(map(str, report.counts.as_json().values()))
    return f"{report.batch.runs}-{report.status.value}-{counts}-{int(_ended(report))}"


def _facts(report: BatchReport) -> dict[str, object]:
    return {**report.as_json(), "ended": _ended(report)}
