"""The app was removed from a team: nothing of it is served any more."""

from integrations.slack.desk import Case
from integrations.slack.listening import Listener


async def forget(case: Case) -> None:
    """Uninstalled."""
    await case.desk.teams.remove(case.team.team_id)


async def forget_revoked(case: Case) -> None:
    """Forgets the team once its bot's token is revoked; tokens of people are not kept."""
    if case.event.get("tokens", {}).get("bot"):
        await case.desk.teams.remove(case.team.team_id)


LISTENERS = (
    Listener("event", "app_uninstalled", forget),
    Listener("event", "tokens_revoked", forget_revoked),
)
