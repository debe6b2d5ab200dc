"""The HTTP door behind a real server, for the unmodified clients of LangGraph's platform."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient
from starlette.requests import HTTPConnection

from agent.services import AgentServices, open_agent
from assetql.domain.identity import Principal, Role
from integrations.api.app import create_api
from tests.support.homes import open_home
from tests.support.serving import serving

ANA, BO, VIEWER, RIVAL = (
    "studio:ana:owner",
    "studio:bo:editor",
    "studio:vi:viewer",
    "rival:eve:owner",
)
Served = tuple[str, AgentServices]
Serve = Callable[..., AbstractContextManager[Served]]


class ByHeader:
    """A test's caller is what its key says: workspace:user:role."""

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        key = connection.headers.get("x-api-key")
        if key is None:
            return None
        workspace, user, role = key.split(":")
        return Principal(workspace, user, frozenset({Role(role)}))


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serves the folder of the test; a second time, it is the process after a restart."""

    @contextmanager
    def served(settings: dict[str, Any] | None = None, **of_agent: Any) -> Generator[Served]:
        with (
            open_home(tmp_path, **(settings or {})) as services,
            closing(open_agent(services, **of_agent)) as agent,
            serving(create_api(agent, authenticator=ByHeader())) as address,
        ):
            yield address, agent

    return served


@pytest.fixture
def door(serve: Serve) -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture
def client(door: Served) -> Iterator[SyncLangGraphClient]:
    with get_sync_client(url=door[0], api_key=ANA) as client:
        yield client
