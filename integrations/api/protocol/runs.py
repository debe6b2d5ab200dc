"""Runs of a thread: in the background, waited for, streamed, joined, cancelled."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator
from sse_starlette import EventSourceResponse

from assetql.domain.errors import Conflict, InvalidInput
from integrations.api.dependencies import Agent, Caller
from integrations.api.idempotency import IdempotentRoute, Key
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.protocol.answers import RunOut
from integrations.api.protocol.bodies import AskedModes, Limit, Offset, RunId, RunStatus, ThreadId
from integrations.api.protocol.dependencies import OfThread, Runs, Threads
from integrations.api.protocol.live_runs import LiveRun, LiveRuns
from integrations.api.protocol.run_bodies import RunBody
from integrations.api.protocol.run_view import UNDER_WAY, ThreadRuns, run_out
from integrations.api.protocol.starting import start_run
from integrations.api.protocol.streaming import places, streamed, waited
from integrations.api.protocol.thread_records import ThreadRecords

Responses = dict[int | str, dict[str, Any]]
EVENTS: Responses = {200: {"content": {"text/event-stream": {}}, "description": "Its events"}}
VALUES: Responses = {200: {"content": {"application/json": {}}, "description": "Its values"}}

router = APIRouter(
    prefix="/threads/{thread_id}/runs",
    tags=["agent"],
    generate_unique_id_function=operation_id,
    route_class=IdempotentRoute,
    responses=problem_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)


async def _start(
    thread_id: str, body: RunBody, caller: Caller, threads: ThreadRecords, runs: LiveRuns, key: str
) -> LiveRun:
    there = threads.ensure if body.if_not_exists == "create" else threads.find
    await runs.agent.call(there, thread_id)
    return await start_run(runs, body, thread_id=thread_id, caller=caller, key=key)


@router.post("")
async def create_run(
    thread_id: ThreadId,
    body: RunBody,
    response: Response,
    caller: Caller,
    threads: Threads,
    runs: Runs,
    key: Key,
) -> RunOut:
    """Runs in the background; what was said is stored before this answers."""
    live = await _start(thread_id, body, caller, threads, runs, key)
    response.headers.update(places(thread_id, live.run.run_id))
    return run_out(live.shown)


@router.post("/wait", responses=VALUES, response_class=StreamingResponse)
async def wait_for_run(
    thread_id: ThreadId, body: RunBody, caller: Caller, threads: Threads, runs: Runs, key: Key
) -> StreamingResponse:
    """Runs, and answers the thread's values, or `__error__`."""
    live = await _start(thread_id, body, caller, threads, runs, key)
    of_thread = ThreadRuns(runs, caller, thread_id)
    return waited(of_thread, live.run.run_id, cancel=body.on_disconnect == "cancel")


@router.post("/stream", responses=EVENTS, response_class=EventSourceResponse)
async def stream_run(
    thread_id: ThreadId, body: RunBody, caller: Caller, threads: Threads, runs: Runs, key: Key
) -> EventSourceResponse:
    """Runs, and sends its events."""
    live = await _start(thread_id, body, caller, threads, runs, key)
    return streamed(
        ThreadRuns(runs, caller, thread_id),
        live.run.run_id,
        body.stream_mode,
        behind=0,
        cancel=body.on_disconnect == "cancel",
    )


@router.get("")
async def list_runs(
    of_thread: OfThread,
    limit: Annotated[Limit, Query()] = 10,
    offset: Annotated[Offset, Query()] = 0,
    status: RunStatus | None = None,
) -> list[RunOut]:
    """The thread's runs of the last days, newest first."""
    found = [run for run in await of_thread.all() if status in (None, run.status)]
    return [run_out(run) for run in found[offset : offset + limit]]


@router.get("/{run_id}")
async def get_run(run_id: RunId, of_thread: OfThread) -> RunOut:
    """One run."""
    return run_out(await of_thread.find(run_id))


@router.get("/{run_id}/join", responses=VALUES, response_class=StreamingResponse)
async def join_run(run_id: RunId, of_thread: OfThread) -> StreamingResponse:
    """Waits for its end, and answers as `wait` does."""
    await of_thread.find(run_id)
    return waited(of_thread, run_id, cancel=False)


@router.get("/{run_id}/stream", responses=EVENTS, response_class=EventSourceResponse)
async def join_stream(
    run_id: RunId,
    of_thread: OfThread,
    stream_mode: AskedModes = None,
    cancel_on_disconnect: bool = False,
    last_event_id: Annotated[str | None, Header(description="-1: from its beginning")] = None,
) -> EventSourceResponse:
    """Its events behind `Last-Event-ID`; without one those to come, or how it ended."""
    run = await of_thread.find(run_id)
    return streamed(
        of_thread,
        run_id,
        stream_mode or run.modes,
        behind=_number(last_event_id),
        cancel=cancel_on_disconnect,
    )


def _number(last_event_id: str | None) -> int | None:
    if not last_event_id:
        return None
    number = last_event_id.removeprefix("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidInput(
            f"Last-Event-ID {last_event_id[:40]!r} is none of this run's.",
            remedy="Send the id of the last event that you got.",
        )
    return max(int(last_event_id), 0)


def _no_rollback(action: object) -> object:
    if action == "rollback":
        raise InvalidInput(
            "action 'rollback' is refused: what a turn has done can't be undone.",
            remedy="Use interrupt: what was done so far stays.",
        )
    return action


Interrupting = Annotated[Literal["interrupt"], BeforeValidator(_no_rollback), Query()]


@router.post("/{run_id}/cancel", status_code=202)
async def cancel_run(
    run_id: RunId, of_thread: OfThread, action: Interrupting = "interrupt", wait: bool = False
) -> None:
    """Cuts its turn off. What it has done stays, and so does what was said."""
    run = await of_thread.find(run_id)
    if run.status not in UNDER_WAY:
        raise Conflict(f"Run {run_id!r} has ended: {run.status}.", remedy="Nothing was changed.")
    live = of_thread.live(run_id)
    if live is None:
        raise Conflict(
            f"Run {run_id!r} is carried out by another process.",
            remedy="Wait for it, or ask again over the connection that began it.",
        )
    live.cancel()
    if wait:
        await live.ended()


@router.delete("/{run_id}", status_code=204)
async def delete_run(run_id: RunId, of_thread: OfThread, agent: Agent) -> None:
    """Forgets a run that has ended; the thread stays as it is."""
    run = await of_thread.find(run_id)
    if run.status in UNDER_WAY:
        raise Conflict(f"Run {run_id!r} is under way.", remedy="Cancel it, or wait for its end.")
    of_thread.runs.forget(run_id)
    await agent.call(of_thread.runs.records.delete, run)
