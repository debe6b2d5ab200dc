"""The MCP server behind a real HTTP server, for the official client."""

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from agent.services import open_agent
from assetql.domain.identity import Principal
from assetql.pipeline.export import Package
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth.authentication import Authenticator, NoAuthentication
from integrations.api.auth.credentials import Credentials
from integrations.api.resources.links import LinkMaker
from integrations.mcp.http import PATH, mount_mcp
from tests.contract.values import ManualClock
from tests.support.api import secret_for
from tests.support.homes import OWNER, open_home
from tests.support.serving import serving

Asks = Callable[..., AbstractAsyncContextManager[Client]]


@contextmanager
def served_doors(services: Services, authenticator: Authenticator) -> Generator[str]:
    """The address of the MCP server in the HTTP door."""

    def link(base: str, package: Package) -> str:
        return LinkMaker(services, base).download(package.key, package.filename).url

    with closing(open_agent(services)) as agent:
        app = create_api(agent, authenticator=authenticator)
        mount_mcp(app, services, link)
        with serving(app) as url:
            yield f"{url}{PATH}"


@asynccontextmanager
async def client_of(address: str, secret: str | None, **options: Any) -> AsyncGenerator[Client]:
    """The official client; `secret`: its API key."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(address, http_client=http)
        async with Client(transport, **options) as client:
            yield client


@dataclass(frozen=True)
class Served:
    """What a test needs of the server: its address, and what is behind it."""

    address: str
    services: Services
    clock: ManualClock
    secrets: dict[Principal, str] = field(default_factory=dict[Principal, str])

    def client(self, caller: Principal = OWNER, **options: Any) -> Any:
        """The official client of a caller, by their API key."""
        if caller not in self.secrets:
            self.secrets[caller] = secret_for(self.services, caller)
        return client_of(self.address, self.secrets[caller], **options)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def served(services: Services, clock: ManualClock) -> Iterator[Served]:
    credentials = Credentials(services=services, tokens=None, use="access")
    with served_doors(services, credentials) as address:
        yield Served(address, services, clock)


@pytest.fixture
def open_to_all(services: Services) -> Iterator[str]:
    """The address where nobody has to log in."""
    with served_doors(services, NoAuthentication(OWNER)) as address:
        yield address
