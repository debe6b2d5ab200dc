"""The doors for programs in one process, as `assetql up` opens them, beside a Slack."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from agent.services import open_agent
from assetql.domain.identity import Principal, Role
from assetql.services import Services
from integrations.api.auth.choose import open_authenticator
from integrations.cli.serve import create_doors
from tests.support.api import secret_for
from tests.support.driving import work_off
from tests.support.homes import open_home
from tests.support.making import scripted
from tests.support.serving import serving
from tests.support.slack.people import Person
from tests.support.slack.served import settings_beside
from tests.support.slack.server import Slack, slack_running

WORKSPACE = "default"  # the one that the team of a bot token belongs to


@dataclass(frozen=True)
class Doors:
    """Where they are, and what is behind them."""

    address: str
    slack: Slack
    services: Services
    http: httpx.Client

    def person(self, user: str = "U1") -> Person:
        """Somebody in Slack; U1 owns the workspace there."""
        return Person(self.slack, self.address, self.http, user)

    def key(self, *roles: Role, workspace: str = WORKSPACE) -> str:
        """A new API key."""
        return secret_for(self.services, Principal(workspace, "root", frozenset(roles)))

    def sdk(self, *roles: Role) -> SyncLangGraphClient:
        """The client of LangGraph's platform."""
        return get_sync_client(url=self.address, api_key=self.key(*roles))

    def answers(self, approval_id: str, decision: str, secret: str) -> httpx.Response:
        """Answers over HTTP."""
        return self.http.post(
            f"{self.address}/v1/approvals/{approval_id}/answer",
            json={"decision": decision},
            headers={"Authorization": f"Bearer {secret}"},
        )

    def make_images(self) -> None:
        """What workers would do."""
        work_off(self.services, scripted())


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    with (
        slack_running() as slack,
        open_home(tmp_path / "home", **settings_beside(slack)) as services,
        closing(open_agent(services)) as agent,
        serving(create_doors(agent, open_authenticator(services, no_auth=False))) as address,
        httpx.Client(timeout=10) as http,
    ):
        yield Doors(address, slack, services, http)
        assert slack.refused == []
