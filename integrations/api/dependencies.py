"""What routes are called with: who asks, the conversation, the pipeline's services."""

from typing import Annotated, cast

from fastapi import Depends, Request

from agent.services import AgentServices
from assetql.domain.errors import Unauthenticated
from assetql.domain.identity import Principal
from assetql.services import Services


def caller_of(request: Request) -> Principal:
    """Who `Authentication` found behind the request. Raises: Unauthenticated."""
    principal = getattr(request.state, "principal", None)
    if not isinstance(principal, Principal):
        raise Unauthenticated(
            "Nobody is logged in.", remedy="Send a bearer token or an API key, or log in."
        )
    return principal


def agent_of(request: Request) -> AgentServices:
    """The conversation's services, as `create_api` was given them."""
    return cast("AgentServices", request.app.state.agent)


# Coroutines, though they wait for nothing: FastAPI sends plain functions to its pool of threads.
async def _caller(request: Request) -> Principal:
    return caller_of(request)


async def _agent(request: Request) -> AgentServices:
    return agent_of(request)


async def _services(request: Request) -> Services:
    return agent_of(request).services


Caller = Annotated[Principal, Depends(_caller)]
Agent = Annotated[AgentServices, Depends(_agent)]
Pipeline = Annotated[Services, Depends(_services)]
