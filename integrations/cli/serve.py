"""One process of doors: the HTTP API, and the playground and MCP mounted in it, on one port."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import FastAPI

from agent.services import AgentServices, open_agent
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal, Role
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth.authentication import Authenticator, NoAuthentication


@contextmanager
def open_doors(services: Services, *, url: str, no_auth: bool) -> Generator[tuple[FastAPI, str]]:
    """Every door over the services, and the link that a person opens."""
    if not no_auth:
        raise InvalidInput("Nobody can log in yet.", remedy="Add --no-auth.")
    settings = services.settings
    owner = Principal(settings.workspace, settings.user, frozenset({Role.OWNER}))
    agent = open_agent(services)
    try:
        yield create_doors(agent, authenticator=NoAuthentication(owner)), url
    finally:
        agent.close()


def create_doors(agent: AgentServices, *, authenticator: Authenticator) -> FastAPI:
    """Every door that is installed, behind one authenticator."""
    return create_api(agent, authenticator=authenticator)
