"""The HTTP door as programs meet it: a server on the loopback, and clients with API keys."""

from collections.abc import Generator
from contextlib import closing, contextmanager

import httpx

from agent.services import open_agent
from assetql.domain.identity import Principal, Role
from assetql.pipeline.api_keys import create_api_key
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth import keys
from integrations.api.auth.credentials import Credentials
from tests.support.serving import serving


@contextmanager
def api_served(services: Services) -> Generator[str]:
    """Yields the address of the API over these services."""
    ways_in = Credentials(services=services, tokens=None, use="access")
    with (
        closing(open_agent(services)) as agent,
        serving(create_api(agent, authenticator=ways_in, routers=(keys.router,))) as address,
    ):
        yield address


def secret_for(services: Services, caller: Principal) -> str:
    """An API key for what the caller may do, as an owner of the workspace makes it."""
    owner = Principal(caller.workspace, caller.user, frozenset({Role.OWNER}))
    _, secret = create_api_key(
        caller.user,
        roles=caller.roles,
        life=None,
        caller=owner,
        stores=services.stores,
        clock=services.clock,
        key=f"{caller.user}: {sorted(caller.roles)}",
    )
    return secret


@contextmanager
def client_of(address: str, services: Services, caller: Principal) -> Generator[httpx.Client]:
    """A client that comes with a key of the caller's."""
    headers = {"Authorization": f"Bearer {secret_for(services, caller)}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        yield client


def answer(response: httpx.Response, status: int = 200) -> dict[str, object]:
    """The document of an answer that is expected; anything else fails with what it says."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    return response.json()
