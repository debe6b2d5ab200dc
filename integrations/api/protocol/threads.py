"""Threads: created, found, noted upon, read, deleted."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from agent.forgetting import forget_thread
from assetql.domain.errors import Conflict, NotFound
from assetql.domain.identity import Action
from integrations.api.dependencies import Agent, Caller
from integrations.api.idempotency import IdempotentRoute
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.protocol.answers import StateOut, ThreadOut
from integrations.api.protocol.bodies import (
    CheckpointRef,
    HistoryOf,
    Limit,
    Name,
    NewThread,
    StateAt,
    ThreadFilter,
    ThreadId,
    ThreadPatch,
    ThreadSearch,
)
from integrations.api.protocol.dependencies import Runs, StatesOf, Threads
from integrations.api.protocol.states import States
from integrations.api.protocol.thread_view import ThreadView

router = APIRouter(
    prefix="/threads",
    tags=["agent"],
    generate_unique_id_function=operation_id,
    route_class=IdempotentRoute,
    responses=problem_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)


def _view(caller: Caller, runs: Runs) -> ThreadView:
    caller.require(Action.READ)
    return ThreadView(runs, caller)


View = Annotated[ThreadView, Depends(_view)]


@router.post("")
async def create_thread(
    body: NewThread, caller: Caller, agent: Agent, threads: Threads, view: View
) -> ThreadOut:
    """A thread to talk in; any other door may go on in it."""
    thread_id = body.thread_id or str(uuid4())
    reuse = body.if_exists == "do_nothing"
    await agent.call(threads.create, thread_id, body.metadata or {}, reuse=reuse)
    return await view.one(thread_id)


@router.post("/search")
async def search_threads(body: ThreadSearch, view: View) -> list[ThreadOut]:
    """Threads of the workspace, whichever door they were begun at."""
    return await view.search(body)


@router.post("/count")
async def count_threads(body: ThreadFilter, view: View) -> int:
    """How many there are, of the newest thousand."""
    return len(await view.matching(body))


@router.get("/{thread_id}")
async def get_thread(thread_id: ThreadId, view: View) -> ThreadOut:
    """One thread."""
    return await view.one(thread_id)


@router.patch("/{thread_id}")
async def update_thread(
    thread_id: ThreadId,
    body: ThreadPatch,
    caller: Caller,
    agent: Agent,
    threads: Threads,
    view: View,
) -> ThreadOut:
    """Merges into its metadata."""
    caller.require(Action.EDIT)
    await agent.call(threads.patch, thread_id, body.metadata)
    return await view.one(thread_id)


@router.delete("/{thread_id}", status_code=204, response_class=Response)
async def delete_thread(
    thread_id: ThreadId, caller: Caller, agent: Agent, threads: Threads, runs: Runs
) -> None:
    """Its messages and states are gone, at every door; its batches and assets stay."""
    await agent.call(threads.find, thread_id)
    if runs.in_thread(caller.workspace, thread_id):
        raise Conflict(f"Thread {thread_id!r} has runs under way.", remedy="Cancel them first.")
    await forget_thread(agent, thread_id, caller=caller)


async def _known(thread_id: ThreadId, agent: Agent, threads: Threads) -> str:
    await agent.call(threads.find, thread_id)
    return thread_id


Known = Annotated[str, Depends(_known)]


@router.get("/{thread_id}/state")
async def get_state(thread_id: Known, states: StatesOf, subgraphs: bool = False) -> StateOut:
    """Its messages, and the approvals that wait in it as interrupts."""
    del subgraphs  # there are none
    return await states.newest(thread_id)


@router.get("/{thread_id}/state/{checkpoint_id}")
async def get_state_at(
    thread_id: Known, checkpoint_id: ThreadId, states: StatesOf, subgraphs: bool = False
) -> StateOut:
    """A state that is still kept: the newest, or one of the turn that runs."""
    del subgraphs
    return await _state_at(states, thread_id, checkpoint_id)


@router.post("/{thread_id}/state/checkpoint")
async def get_state_of(thread_id: Known, body: StateAt, states: StatesOf) -> StateOut:
    """The newest state, or the one that is named."""
    checkpoint_id = _named(body.checkpoint, thread_id)
    if checkpoint_id is None:
        return await states.newest(thread_id)
    return await _state_at(states, thread_id, checkpoint_id)


@router.get("/{thread_id}/history")
async def get_history(
    thread_id: Known,
    states: StatesOf,
    limit: Annotated[Limit, Query()] = 10,
    before: Annotated[Name | None, Query()] = None,
) -> list[StateOut]:
    """States that are kept, newest first."""
    return await states.history(thread_id, limit=limit, before=before, at=None)


@router.post("/{thread_id}/history")
async def search_history(thread_id: Known, body: HistoryOf, states: StatesOf) -> list[StateOut]:
    """States that are kept, newest first."""
    before = body.before
    if isinstance(before, CheckpointRef):
        before = _named(before, thread_id)
    at = _named(body.checkpoint, thread_id) if body.checkpoint else None
    return await states.history(thread_id, limit=body.limit, before=before, at=at)


async def _state_at(states: States, thread_id: str, checkpoint_id: str) -> StateOut:
    state = await states.at(thread_id, checkpoint_id)
    if state is None:
        raise NotFound("checkpoint", checkpoint_id, remedy="Read the newest state.")
    return state


def _named(checkpoint: CheckpointRef, thread_id: str) -> str | None:
    if checkpoint.thread_id not in (None, thread_id):
        raise NotFound("checkpoint", checkpoint.thread_id, remedy="Name one of the thread's own.")
    return checkpoint.checkpoint_id
