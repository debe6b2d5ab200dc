"""Installing the app in a team: an owner of a workspace starts it, and the team belongs to that."""

import logging
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import cast

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict, Forbidden, InvalidInput
from assetql.domain.identity import Principal, Role
from assetql.telemetry.events import EventLog
from integrations.slack.desk import Desk
from integrations.slack.installations import Installation, StoredTeams

_EVENTS = EventLog(__name__)
PRINCIPAL = "principal"  # of the request's context: who is logged in
_DOOR = "slack"
_KIND = RecordKind.SLACK_STATE
_VALID = timedelta(minutes=10)
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
)


class States(AsyncOAuthStateStore):
    """Installations under way: for which workspace, and each good for one return."""

    def __init__(self, agent: AgentServices, desk: Desk) -> None:
        self._records = agent.services.stores.doors
        self._clock = agent.services.clock
        self._desk = desk

    @property
    def logger(self) -> logging.Logger:
        """As the SDK wants one."""
        return logging.getLogger(__name__)

    async def issue_for(self, caller: Principal) -> str:
        """A state that binds the team to the caller's workspace."""
        now = self._clock.now()
        state = secrets.token_urlsafe(32)
        record = DoorRecord(
            owner=_DOOR,
            kind=_KIND,
            key=state,
            created_at=now,
            document={"workspace": caller.workspace, "used": False},
            expires_at=now + _VALID,
        )
        await self._desk.store(self._records.add, record, now=now)
        return state

    async def async_consume(self, state: str) -> bool:
        """True once for each that was issued here and has not expired."""
        return await self._desk.store(self._consume, state)

    def _consume(self, state: str) -> bool:
        record = self._records.get(_DOOR, _KIND, state, now=self._clock.now())
        if record is None or record.document["used"]:
            return False
        used = {**record.document, "used": True}
        try:
            self._records.save(replace(record, document=used, version=record.version + 1))
        except Conflict:
            return False
        return True

    async def workspace_of(self, state: str) -> str:
        """The workspace that a consumed state was issued for."""
        now = self._clock.now()
        record = await self._desk.store(self._records.get, _DOOR, _KIND, state, now=now)
        if record is None:
            raise BoltError("The installation took too long.")
        return str(record.document["workspace"])


class BoundFlow(AsyncOAuthFlow):
    """Slack's own flow, begun by an owner of a workspace and kept in our records."""

    def __init__(self, settings: AsyncOAuthSettings, desk: Desk, teams: StoredTeams) -> None:
        super().__init__(client=desk.web.pattern, settings=settings)
        self._teams = teams

    async def issue_new_state(self, request: AsyncBoltRequest) -> str:
        """Raises: Forbidden for anybody but an owner."""
        caller = cast("Principal", request.context[PRINCIPAL])
        if Role.OWNER not in caller.roles:
            raise Forbidden(
                "Only owners connect Slack.", remedy="Ask an owner of the workspace to."
            )
        return await cast("States", self.settings.state_store).issue_for(caller)

    async def run_installation(self, code: str) -> SlackInstallation | None:
        """What Slack grants for the code; None where it grants nothing."""
        try:
            # The SDK's own call warns: it gives the secret by an interface that aiohttp drops.
            granted = await self.client.api_call(
                "oauth.v2.access",
                data={
                    "client_id": self.settings.client_id,
                    "client_secret": self.settings.client_secret,
                    "code": code,
                    **({"redirect_uri": here} if (here := self.settings.redirect_uri) else {}),
                },
            )
            told = await self.client.auth_test(token=granted["access_token"])
        except SlackApiError as error:
            _EVENTS.warning("slack.not_granted", error)
            return None
        return SlackInstallation(
            app_id=granted.get("app_id"),
            team_id=(granted.get("team") or {}).get("id"),
            bot_token=granted["access_token"],
            bot_id=told["bot_id"],
            bot_user_id=granted["bot_user_id"],
            user_id=(granted.get("authed_user") or {})["id"],
            is_enterprise_install=granted.get("is_enterprise_install"),
        )

    async def store_installation(
        self, request: AsyncBoltRequest, installation: SlackInstallation
    ) -> None:
        """Raises: BoltError for what can't be bound."""
        states = cast("States", self.settings.state_store)
        workspace = await states.workspace_of(str(request.query["state"][0]))
        if installation.is_enterprise_install or not installation.team_id:
            raise BoltError("Install it in a team, not in a whole organisation.")
        try:
            await self._teams.add(
                Installation(
                    team_id=installation.team_id,
                    workspace=workspace,
                    bot_token=str(installation.bot_token),
                    bot_user_id=str(installation.bot_user_id),
                    bot_id=str(installation.bot_id),
                    installer=installation.user_id,
                )
            )
        except Conflict as error:
            raise BoltError(str(error)) from error


def open_oauth(desk: Desk, teams: StoredTeams) -> BoundFlow:
    """How teams install the app. Raises: InvalidInput for what is not set."""
    settings = desk.agent.services.settings
    if settings.slack_client_secret is None:
        raise InvalidInput(
            "Slack's client id needs its secret.", remedy="Set ASSETQL_SLACK_CLIENT_SECRET."
        )
    here = f"{settings.public_url}/slack/oauth_redirect" if settings.public_url else None
    chosen = AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=SCOPES,
        user_scopes=(),
        redirect_uri=here,
        # Unused: `store_installation` and `Authorising` keep and read our own records.
        installation_store=AsyncInstallationStore(),
        state_store=States(desk.agent, desk),
    )
    return BoundFlow(chosen, desk, teams)
