"""The contract of Bedrock's AgentCore Runtime: POST /invocations and GET /ping."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal, cast
from uuid import uuid4

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from langchain_core.messages import AIMessageChunk
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from agent.turn import answer_to
from assetql.domain.errors import Unavailable
from integrations.api.dependencies import Agent, Caller
from integrations.api.idempotency import IdempotentRoute, Key
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.protocol import wire
from integrations.api.protocol.answers import InterruptOut
from integrations.api.protocol.assistant import GRAPH_ID
from integrations.api.protocol.bodies import Closed, Name
from integrations.api.protocol.dependencies import Runs
from integrations.api.protocol.live_runs import LiveRun
from integrations.api.protocol.run_bodies import PersonMessage, RunBody, RunInput, Text
from integrations.api.protocol.starting import start_run
from integrations.api.protocol.states import States

# Open to everybody.
router = APIRouter(tags=["agent", "health"], generate_unique_id_function=operation_id)
SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
Session = Annotated[
    Name | None, Header(alias=SESSION, description="The thread; by default a new one")
]


class Prompt(Closed):
    """What a person says."""

    prompt: Text = Field(examples=["What can you do?"])


class Input(Closed):
    """The same, or as a run of the protocol takes it."""

    input: Text | RunInput


def _said(body: Prompt | Input) -> RunInput:
    sent = body.prompt if isinstance(body, Prompt) else body.input
    if isinstance(sent, RunInput):
        return sent
    return RunInput(messages=[PersonMessage(role="user", content=sent)])


class Invoked(BaseModel):
    """The assistant's answer, and the approvals that wait in the session."""

    response: str
    session_id: str
    approvals: list[InterruptOut]


class Ping(BaseModel):
    """HealthyBusy while runs are under way; the time is in seconds since 1970."""

    status: Literal["Healthy", "HealthyBusy"]
    time_of_last_update: int


@router.get("/ping")
def ping(runs: Runs) -> Ping:
    """Whether it works on something."""
    status = "HealthyBusy" if runs.busy else "Healthy"
    return Ping(status=status, time_of_last_update=int(runs.changed_at.timestamp()))


invoking = APIRouter(
    tags=["agent"],
    generate_unique_id_function=operation_id,
    route_class=IdempotentRoute,
    responses=problem_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Invoked, "content": {"text/event-stream": {}}, "description": "The answer"}
}


@invoking.post("/invocations", responses=_ANSWERS)
async def invoke(
    body: Prompt | Input,
    caller: Caller,
    agent: Agent,
    runs: Runs,
    key: Key,
    session: Session = None,
    accept: Annotated[str, Header(description="text/event-stream streams the answer")] = "",
) -> Response:
    """Says it in the session's thread, and answers when the assistant has."""
    thread_id = session or str(uuid4())
    run = RunBody(assistant_id=GRAPH_ID, input=_said(body))
    live = await start_run(runs, run, thread_id=thread_id, caller=caller, key=key)
    headers = {SESSION: thread_id}
    if "text/event-stream" in accept:
        return EventSourceResponse(_events(live), headers=headers)
    await live.ended()
    _require_success(live)
    states = States(agent, caller.workspace)
    answer = Invoked(
        response=answer_to(live.run.position or 0, await states.messages(thread_id)),
        session_id=thread_id,
        approvals=await states.interrupts(thread_id),
    )
    return JSONResponse(answer.model_dump(mode="json"), headers=headers)


def _require_success(live: LiveRun) -> None:
    if live.refusal:
        raise live.refusal
    if live.run.status != "success":
        raise Unavailable(f"The turn ended early: {live.run.status}.", remedy="Say it again.")


async def _events(live: LiveRun) -> AsyncIterator[bytes]:
    async for _, event in live.follow(behind=0):
        shown = _shown(event)
        if shown:
            yield f"data: {json.dumps(shown, default=wire.plain)}\n\n".encode()


def _shown(event: wire.Event) -> Mapping[str, object] | None:
    """Text as it comes, what happens beside it, and how it ends."""
    if event.name == "messages":
        message = cast("list[object]", event.data)[0]
        if isinstance(message, AIMessageChunk) and message.text:
            return {"event": "token", "text": message.text}
        return None
    if event.name == "custom":
        return cast("Mapping[str, object]", event.data)
    if event.name == "error":
        return {"event": "error", **cast("Mapping[str, object]", event.data)}
    return {"event": "done"} if event is wire.END else None
