"""What the protocol's routes are called with."""

from typing import Annotated, cast

from fastapi import Depends, Request

from assetql.domain.identity import Action
from integrations.api.dependencies import Agent, Caller
from integrations.api.protocol.bodies import ThreadId
from integrations.api.protocol.live_runs import LiveRuns
from integrations.api.protocol.run_view import ThreadRuns
from integrations.api.protocol.states import States
from integrations.api.protocol.thread_records import ThreadRecords


def _runs(request: Request) -> LiveRuns:
    return cast("LiveRuns", request.app.state.runs)


Runs = Annotated[LiveRuns, Depends(_runs)]


def _threads(caller: Caller, agent: Agent) -> ThreadRecords:
    caller.require(Action.READ)
    return ThreadRecords(agent.services, caller.workspace)


Threads = Annotated[ThreadRecords, Depends(_threads)]


async def _of_thread(
    thread_id: ThreadId, caller: Caller, agent: Agent, threads: Threads, runs: Runs
) -> ThreadRuns:
    await agent.call(threads.find, thread_id)
    return ThreadRuns(runs, caller, thread_id)


OfThread = Annotated[ThreadRuns, Depends(_of_thread)]


def _states(caller: Caller, agent: Agent) -> States:
    caller.require(Action.READ)
    return States(agent, caller.workspace)


StatesOf = Annotated[States, Depends(_states)]
