"""What every listener works with, and the bounded background that they work in."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from agent.services import AgentServices
from assetql.domain.errors import AssetQLError, InvalidInput
from assetql.domain.identity import Principal
from assetql.telemetry.events import EventLog
from integrations.slack.installations import Installation, Installations, OneTeam, StoredTeams
from integrations.slack.intake import Body, Intake
from integrations.slack.members import Members
from integrations.slack.rendering.parts import Block, fallback
from integrations.slack.shown import Shown
from integrations.slack.threads import Threads
from integrations.slack.web import SlackWeb

P = ParamSpec("P")
T = TypeVar("T")
SLACK_FAULTS = (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError)
_EVENTS = EventLog(__name__)
_AT_ONCE = 64  # conversations that one process carries on; the others wait their turn
_STORING = 4  # threads that store what comes in, so that no turn can delay an acknowledgement


class Desk:
    """Everything that one process of the Slack door shares."""

    def __init__(self, agent: AgentServices) -> None:
        settings = agent.services.settings
        self.agent = agent
        self.web = SlackWeb(settings.slack_api_url)
        self.intake = Intake(agent)
        self.members = Members(agent)
        self.threads = Threads(agent)
        self.storing = ThreadPoolExecutor(_STORING, thread_name_prefix="slack")
        self.teams: Installations = self._teams()
        self.shown = Shown()
        self._talking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[asyncio.Task[Any]] = set()

    def _teams(self) -> Installations:
        settings = self.agent.services.settings
        if settings.slack_client_id:
            return StoredTeams(self.agent, self.store)
        if settings.slack_bot_token is None:
            raise InvalidInput(
                "Slack needs a token.",
                remedy="Set ASSETQL_SLACK_BOT_TOKEN, or ASSETQL_SLACK_CLIENT_ID for many teams.",
            )
        return OneTeam(settings.slack_bot_token.get_secret_value(), settings.workspace, self.web)

    async def store(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A store call on threads that turns can't fill up."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.storing, partial(function, *args, **kwargs))

    async def work(self, case: "Case", handler: "Handler") -> None:
        """Handles what was taken in, says what went wrong, and notes that it is done.

        What Slack's API refuses, and what nobody foresaw, is tried again by `left_behind`.
        """
        async with self.carrying():
            try:
                await _explained(case, handler)
            except SLACK_FAULTS as error:
                _EVENTS.warning("slack.refused", error, team=case.team.team_id)
                return
        await self.store(self.intake.done, case.team.team_id, case.body)

    @asynccontextmanager
    async def carrying(self) -> AsyncGenerator[None]:
        """The current task's work is bounded, and is cut short when the door closes."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            async with self._slots:
                yield
        finally:
            self._under_way.discard(task)

    def talking(self, thread_id: str) -> asyncio.Lock:
        """Held while an answer is shown in a thread, so that no two are shown across each other."""
        return self._talking.setdefault(thread_id, asyncio.Lock())

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Afterwards nothing is under way: what is cut short is taken up by the next process."""
        async with self.web.running():
            try:
                yield
            finally:
                under_way = list(self._under_way)
                for task in under_way:
                    task.cancel()
                await asyncio.gather(*under_way, return_exceptions=True)
                self.storing.shutdown()


async def _explained(case: "Case", handler: "Handler") -> None:
    try:
        await handler(case)
    except AssetQLError as error:
        await case.tell(str(error))


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that Slack sent. `user` and `team` are those of the signed request."""

    desk: Desk
    team: Installation
    body: Body

    @property
    def client(self) -> AsyncWebClient:
        """Slack's API in the team."""
        return self.desk.web.client(self.team.bot_token)

    @property
    def event(self) -> Mapping[str, Any]:
        """Of an event."""
        return self.body["event"]

    @property
    def action(self) -> Mapping[str, Any]:
        """What was pressed."""
        return self.body["actions"][0]

    @property
    def user(self) -> str:
        """Who acted."""
        if "event" in self.body:
            event = self.event
            return str(event.get("user") or event["assistant_thread"]["user_id"])
        user = self.body.get("user")
        return str(user["id"] if user else self.body["user_id"])

    async def caller(self) -> Principal:
        """Who asks, in the team's workspace. Raises: Forbidden for somebody without a role."""
        return await self.desk.store(self.desk.members.caller, self.team, self.user)

    async def tell(self, text: str, blocks: list[Block] | None = None) -> None:
        """Tells who acted, and nobody else."""
        said: dict[str, Any] = {"text": fallback(text), "blocks": blocks}
        channel, thread_ts = self.where
        if "command" in self.body:
            hook = AsyncWebhookClient(str(self.body["response_url"]), session=self.desk.web.session)
            await hook.send(response_type="ephemeral", **said)
        elif channel:
            await self.client.chat_postEphemeral(
                channel=channel, user=self.user, thread_ts=thread_ts, **said
            )
        else:  # a view, or App Home: there is no conversation to say it in
            await self.client.chat_postMessage(channel=self.user, **said)

    @property
    def where(self) -> tuple[str | None, str | None]:
        """The channel and the thread that it happened in, or that its form was opened in."""
        if "event" in self.body:
            event = self.event
            thread = event.get("assistant_thread") or {}
            root = thread.get("thread_ts") or event.get("thread_ts") or event.get("ts")
            return event.get("channel") or thread.get("channel_id"), root
        if self.body.get("type") == "view_submission":
            about = self.about
            return about.get("channel"), about.get("thread_ts")
        container, message = (self.body.get(part) or {} for part in ("container", "message"))
        root = message.get("thread_ts") or container.get("thread_ts") or message.get("ts")
        return (self.body.get("channel") or {}).get("id"), root or container.get("message_ts")

    @property
    def about(self) -> Mapping[str, str]:
        """What `form_about` put into the form that was sent."""
        return json.loads(self.body["view"]["private_metadata"])

    def form_about(self, subject: str) -> str:
        """What a form is about and where it is opened, as it comes back with the form."""
        channel, thread_ts = self.where
        return json.dumps({"subject": subject, "channel": channel, "thread_ts": thread_ts})


Handler = Callable[[Case], Awaitable[None]]
