"""One process of doors: the HTTP API, and the playground and MCP mounted in it, on one port."""

from fastapi import FastAPI

from agent.services import AgentServices
from integrations.api.app import create_api
from integrations.api.auth.authentication import Authenticator


def create_doors(agent: AgentServices, *, authenticator: Authenticator) -> FastAPI:
    """Every door that is installed, behind one authenticator."""
    return create_api(agent, authenticator=authenticator)
