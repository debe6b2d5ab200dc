"""Runs without a thread of the client's: one is made, and by default deleted behind the run."""

from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from agent.forgetting import forget_thread
from assetql.domain.identity import Principal
from integrations.api.dependencies import Caller
from integrations.api.idempotency import IdempotentRoute, Key
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.protocol.answers import RunOut
from integrations.api.protocol.dependencies import Runs
from integrations.api.protocol.live_runs import LiveRun, LiveRuns
from integrations.api.protocol.run_bodies import StatelessBody
from integrations.api.protocol.run_view import ThreadRuns, run_out
from integrations.api.protocol.runs import EVENTS, VALUES
from integrations.api.protocol.starting import start_run
from integrations.api.protocol.states import States
from integrations.api.protocol.streaming import places, streamed, waited

router = APIRouter(
    prefix="/runs",
    tags=["agent"],
    generate_unique_id_function=operation_id,
    route_class=IdempotentRoute,
    responses=problem_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)


@dataclass(frozen=True, slots=True)
class _Passing:
    """A thread that goes with its run, unless a question waits in it."""

    runs: LiveRuns
    caller: Principal
    thread_id: str

    async def forget(self) -> None:
        agent = self.runs.agent
        waiting = await States(agent, self.caller.workspace).interrupts(self.thread_id)
        if not waiting:
            await forget_thread(agent, self.thread_id, caller=self.caller)


async def _start(body: StatelessBody, caller: Principal, runs: LiveRuns, key: str) -> LiveRun:
    thread_id = str(uuid4())
    passing = _Passing(runs, caller, thread_id)
    return await start_run(
        runs,
        body,
        thread_id=thread_id,
        caller=caller,
        key=key,
        at_end=passing.forget if body.on_completion == "delete" else None,
    )


@router.post("")
async def create_stateless_run(
    body: StatelessBody, response: Response, caller: Caller, runs: Runs, key: Key
) -> RunOut:
    """Runs in the background."""
    live = await _start(body, caller, runs, key)
    response.headers.update(places(live.run.thread_id, live.run.run_id))
    return run_out(live.shown)


@router.post("/wait", responses=VALUES, response_class=StreamingResponse)
async def wait_for_stateless_run(
    body: StatelessBody, caller: Caller, runs: Runs, key: Key
) -> StreamingResponse:
    """Runs, and answers the values, or `__error__`."""
    live = await _start(body, caller, runs, key)
    of_thread = ThreadRuns(runs, caller, live.run.thread_id)
    return waited(of_thread, live.run.run_id, cancel=body.on_disconnect == "cancel")


@router.post("/stream", responses=EVENTS, response_class=EventSourceResponse)
async def stream_stateless_run(
    body: StatelessBody, caller: Caller, runs: Runs, key: Key
) -> EventSourceResponse:
    """Runs, and sends its events."""
    live = await _start(body, caller, runs, key)
    return streamed(
        ThreadRuns(runs, caller, live.run.thread_id),
        live.run.run_id,
        body.stream_mode,
        behind=0,
        cancel=body.on_disconnect == "cancel",
    )
