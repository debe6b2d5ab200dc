"""create_slack: Bolt's app with our stores, our gate and our listeners, and what runs beside it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from agent.services import AgentServices
from assetql.settings import Settings
from integrations.slack.authorising import Authorising
from integrations.slack.desk import Desk
from integrations.slack.gate import gate
from integrations.slack.installations import StoredTeams
from integrations.slack.listeners import ALL
from integrations.slack.listening import register
from integrations.slack.oauth import open_oauth
from integrations.slack.watcher import Watcher


@dataclass(frozen=True, slots=True)
class SlackDoor:
    """One process's part of the Slack door."""

    desk: Desk
    app: AsyncApp

    @property
    def oauth(self) -> AsyncOAuthFlow | None:
        """How teams install the app; None where it serves the team of one token."""
        return self.app.oauth_flow

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Opens the connections to Slack, and watches what happens elsewhere."""
        async with self.desk.running():
            watching = asyncio.create_task(Watcher(self.desk, self.app).run())
            try:
                yield
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching


def is_configured(settings: Settings) -> bool:
    """Whether the settings say which app of Slack's this is."""
    return bool(settings.slack_client_id or settings.slack_bot_token)


def create_slack(agent: AgentServices) -> SlackDoor:
    """The door over the conversation's services. Raises: InvalidInput for what is not set."""
    desk = Desk(agent)
    teams = desk.teams
    flow = open_oauth(desk, teams) if isinstance(teams, StoredTeams) else None
    app = AsyncApp(
        name="assetql",
        client=desk.web.pattern,
        # Bolt's type leaves out that nobody may be found.
        authorize=cast("Callable[..., Awaitable[AuthorizeResult]]", Authorising(desk)),
        oauth_flow=flow,
        # `http` verifies before a body is parsed; Socket Mode has no signatures.
        request_verification_enabled=False,
    )
    app.middleware(gate(desk))
    for listeners in ALL:
        for listener in listeners:
            register(app, desk, listener)
    return SlackDoor(desk, app)
