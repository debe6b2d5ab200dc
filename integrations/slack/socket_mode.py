"""Slack over a WebSocket that we open: for machines that Slack can't reach."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from agent.services import AgentServices
from assetql.domain.errors import InvalidInput
from integrations.slack.app import SlackDoor, create_slack


async def serve_socket_mode(agent: AgentServices) -> None:
    """Serves until it is cancelled. Raises: InvalidInput for what is not set."""
    async with socket_mode(agent):
        await asyncio.Event().wait()


@asynccontextmanager
async def socket_mode(agent: AgentServices) -> AsyncGenerator[SlackDoor]:
    """The door, connected. Raises: InvalidInput for what is not set."""
    token = agent.services.settings.slack_app_token
    if token is None:
        raise InvalidInput(
            "Socket Mode needs an app-level token.",
            remedy="Set ASSETQL_SLACK_APP_TOKEN to the xapp-… with connections:write.",
        )
    door = create_slack(agent)
    async with door.running():
        handler = AsyncSocketModeHandler(door.app, app_token=token.get_secret_value())
        await handler.connect_async()
        try:
            yield door
        finally:
            await handler.close_async()
