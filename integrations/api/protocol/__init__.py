"""The agent in the protocol of LangGraph's platform: a module a resource, in `ROUTERS`."""

from fastapi import APIRouter, FastAPI

from agent.services import AgentServices
from integrations.api.protocol import (
    agentcore,
    assistants,
    refusals,
    runs,
    server,
    stateless,
    threads,
)
from integrations.api.protocol.live_runs import LiveRuns

ROUTERS: tuple[APIRouter, ...] = (
    server.router,
    refusals.router,
    assistants.router,
    threads.router,
    runs.router,
    stateless.router,
    agentcore.router,
    agentcore.invoking,
)


def add_runs(app: FastAPI, agent: AgentServices) -> None:
    """What carries runs out, from the app's start to its shutdown."""
    app.state.runs = LiveRuns(agent)
    app.state.running.append(app.state.runs.running)
