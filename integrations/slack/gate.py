"""Before any listener: what is not ours, not from the team's own people or not new is dropped."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt import BoltResponse

from integrations.slack.desk import Desk
from integrations.slack.installations import Installation

TAKEN_UP = "taken_up"  # marks what the intake handed out again
_SPEECH = {None, "file_share", "thread_broadcast"}  # subtypes of messages that people write
_TEAMS_OF_EVENT = ("team", "user_team", "source_team")
Gate = Callable[..., Awaitable[BoltResponse | None]]


def gate(desk: Desk) -> Gate:
    """Bolt's middleware. What passes is stored: a listener may acknowledge it at once."""

    async def pass_or_drop(
        body: dict[str, Any], context: dict[str, Any], next_: Callable[[], Awaitable[Any]]
    ) -> BoltResponse | None:
        # Of an app that was uninstalled Bolt asks no authorisation, and has found no team.
        team = context.get("installation") or await desk.teams.get(context.get("team_id"))
        if team is None or not is_ours(body, team):
            return BoltResponse(status=200, body="")
        context["installation"] = team
        if TAKEN_UP not in context and not await desk.store(desk.intake.take, team.team_id, body):
            return BoltResponse(status=200, body="")
        await next_()
        return None

    return pass_or_drop


def is_ours(body: Mapping[str, Any], team: Installation) -> bool:
    """Whether a person of the team did it: no bot, and nobody from another team."""
    if "event" in body:
        return _is_ours(body["event"], team)
    user = body.get("user") or {}
    return user.get("team_id", team.team_id) == team.team_id


def _is_ours(event: Mapping[str, Any], team: Installation) -> bool:
    # In a shared channel, people of another team see the app; their requests name their team.
    if any(event.get(key, team.team_id) != team.team_id for key in _TEAMS_OF_EVENT):
        return False
    if event.get("bot_id") or event.get("user") == team.bot_user_id:
        return False
    if event["type"] == "message":
        return event.get("channel_type") == "im" and event.get("subtype") in _SPEECH
    return True
