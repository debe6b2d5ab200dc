"""Where the app is installed: one of Slack's teams, bound to one workspace of the project."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol, cast

from slack_sdk.errors import SlackApiError

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict, Unavailable
from integrations.slack.web import SlackWeb

_DOOR = "slack"
_KIND = RecordKind.SLACK_INSTALLATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What calls of Slack's API in a team need; `installer` is who may grant roles there."""

    team_id: str
    workspace: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    installer: str | None = None


class Installations(Protocol):
    """The teams that this process serves."""

    async def get(self, team_id: str | None) -> Installation | None:
        """The team's installation, if it has one. Raises: Unavailable."""
        ...

    async def all(self) -> tuple[Installation, ...]:
        """Every team's. Raises: Unavailable."""
        ...

    async def remove(self, team_id: str) -> None:
        """The app is no longer installed there."""
        ...


class OneTeam:
    """The team of the bot token that the settings name; Slack is asked once which that is."""

    def __init__(self, token: str, workspace: str, web: SlackWeb) -> None:
        self._token = token
        self._workspace = workspace
        self._web = web
        self._known: Installation | None = None
        self._asking = asyncio.Lock()

    async def get(self, team_id: str | None) -> Installation | None:
        """The installation, if it is in that team. Raises: Unavailable."""
        known = await self._ask()
        return known if known.team_id == team_id else None

    async def all(self) -> tuple[Installation, ...]:
        """The one. Raises: Unavailable."""
        return (await self._ask(),)

    async def remove(self, team_id: str) -> None:
        """Asks again at the next event: what was removed may be back under the same token."""
        if self._known and self._known.team_id == team_id:
            self._known = None

    async def _ask(self) -> Installation:
        async with self._asking:
            if self._known is None:
                try:
                    told = await self._web.client(self._token).auth_test()
                except (SlackApiError, OSError, TimeoutError) as error:
                    raise Unavailable(
                        "Slack did not take the bot token.", remedy="Check ASSETQL_SLACK_BOT_TOKEN."
                    ) from error
                self._known = Installation(
                    team_id=str(told["team_id"]),
                    workspace=self._workspace,
                    bot_token=self._token,
                    bot_user_id=str(told["user_id"]),
                    bot_id=str(told["bot_id"]),
                )
            return self._known


class StoredTeams:
    """Teams that installed the app by OAuth."""

    def __init__(self, agent: AgentServices, call: Callable[..., Awaitable[Any]]) -> None:
        self._records = agent.services.stores.doors
        self._clock = agent.services.clock
        self._call = call

    async def get(self, team_id: str | None) -> Installation | None:
        """The team's installation, if it has one."""
        if team_id is None:
            return None
        record = await self._call(self._records.get, _DOOR, _KIND, team_id, now=self._clock.now())
        return _read(record) if record else None

    async def all(self) -> tuple[Installation, ...]:
        """Every team's."""
        return await self._call(self._read_all)

    async def remove(self, team_id: str) -> None:
        """The app was uninstalled there."""
        await self._call(self._records.delete, _DOOR, _KIND, team_id)

    async def add(self, installation: Installation) -> None:
        """Keeps it; installed again in the same workspace, it replaces what was there.

        Raises: Conflict where the team belongs to another workspace.
        """
        await self._call(self._add, installation)

    def _add(self, installation: Installation) -> None:
        now = self._clock.now()
        record = DoorRecord(
            owner=_DOOR,
            kind=_KIND,
            key=installation.team_id,
            created_at=now,
            document=asdict(installation),
        )
        there = self._records.add(record, now=now)
        if there is None:
            return
        if _read(there).workspace != installation.workspace:
            raise Conflict(
                f"Slack's team {installation.team_id} belongs to another workspace.",
                remedy="Remove the app in Slack first.",
            )
        self._records.save(
            DoorRecord(
                owner=_DOOR,
                kind=_KIND,
                key=installation.team_id,
                created_at=there.created_at,
                document=asdict(installation),
                version=there.version + 1,
            )
        )

    def _read_all(self) -> tuple[Installation, ...]:
        found: list[Installation] = []
        after: str | None = None
        while True:
            page = self._records.page(_DOOR, _KIND, now=self._clock.now(), after=after)
            found.extend(map(_read, page.items))
            after = page.cursor
            if after is None:
                return tuple(found)


def _read(record: DoorRecord) -> Installation:
    return Installation(**cast("dict[str, Any]", dict(record.document)))
