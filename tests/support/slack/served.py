"""The app as it is served, beside a Slack on this machine."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from agent.services import AgentServices, open_agent
from assetql.domain.door_record import RecordKind
from assetql.domain.identity import Principal, Role
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth.authentication import NoAuthentication
from integrations.slack.http import mount_slack
from tests.support.driving import work_off
from tests.support.homes import open_home
from tests.support.making import scripted
from tests.support.serving import serving
from tests.support.slack.people import SECRET, Person
from tests.support.slack.server import Slack

OWNER = Principal("default", "owner", frozenset({Role.OWNER}))


@dataclass
class Served:
    """The app at `address`, and what it keeps."""

    slack: Slack
    address: str
    services: Services
    agent: AgentServices
    http: httpx.Client

    def person(self, user: str = "U1", team: str = "T1", channel: str = "D1") -> Person:
        return Person(self.slack, self.address, self.http, user, team, channel)

    def make_images(self) -> None:
        """What workers would do."""
        work_off(self.services, scripted())


Serve = Callable[..., AbstractContextManager[Served]]


def settings_beside(slack: Slack) -> dict[str, Any]:
    """The settings of an app of this Slack's; U1 owns the workspace."""
    return {
        "slack_signing_secret": SECRET,
        "slack_api_url": f"{slack.address}/api/",
        "slack_owners": ["U1"],
        "slack_bot_token": "xoxb-one",
        "poll_seconds": 0.1,
    }


@contextmanager
def serve_slack(
    slack: Slack, home: Path, *, model: Any = None, owner: Principal = OWNER, **settings: Any
) -> Generator[Served]:
    """Serves the app over a home; twice over one home is a restart."""
    with open_home(home, **{**settings_beside(slack), **settings}) as services:
        agent = open_agent(services, model=model)
        app = create_api(agent, authenticator=NoAuthentication(owner))
        mount_slack(app, agent)
        try:
            with serving(app) as address, httpx.Client(timeout=10) as http:
                yield Served(slack, address, services, agent, http)
        finally:
            agent.close()


def settled(served: Served, team: str = "T1") -> bool:
    """Whether the work of everything that came in has ended."""
    services = served.services
    kept = services.stores.doors.page(team, RecordKind.SLACK_EVENT, now=services.clock.now())
    return bool(kept.items) and not any(record.document for record in kept.items)
