"""Which token a request is answered with: from our own records, without asking Slack each time."""

from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from integrations.slack.desk import Desk


class Authorising(AsyncAuthorize):
    """Bolt's question, answered from the installation of the signed request's team."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **actor: Any,
    ) -> AuthorizeResult | None:
        """None for a team that has not installed the app."""
        team = await self._desk.teams.get(team_id)
        if team is None:
            return None
        context["installation"] = team
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team.team_id,
            bot_token=team.bot_token,
            bot_id=team.bot_id,
            bot_user_id=team.bot_user_id,
            user_id=user_id,
        )
