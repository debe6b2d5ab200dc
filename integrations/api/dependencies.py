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


def services_of(request: Request) -> Services:
    """The pipeline's services."""
    return agent_of(request).services


Caller = Annotated[Principal, Depends(caller_of)]
Agent = Annotated[AgentServices, Depends(agent_of)]
Pipeline = Annotated[Services, Depends(services_of)]
