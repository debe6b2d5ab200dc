"""What happens without anybody writing: answers given elsewhere, notices, work left behind."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from assetql.domain.errors import AssetQLError
from assetql.domain.thread import MessageKind, Thread
from assetql.telemetry.events import EventLog
from integrations.slack.desk import SLACK_FAULTS, Desk
from integrations.slack.gate import TAKEN_UP
from integrations.slack.installations import Installation
from integrations.slack.questions import settle_all
from integrations.slack.talk import converse
from integrations.slack.threads import PREFIX, Place

_EVENTS = EventLog(__name__)
_THREADS = 50  # of a workspace, those with the newest activity
_LEFT_BEHIND = 60.0  # seconds between looks at what other processes did not end
_AFTER_FAULT = 10.0


class Watcher:
    """Looks at each team again and again, for as long as the door is open."""

    def __init__(self, desk: Desk, app: AsyncApp) -> None:
        self._desk = desk
        self._app = app
        self._looked_at: dict[str, datetime] = {}
        self._speaking: dict[str, asyncio.Task[None]] = {}
        self._swept = 0.0

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            well = await self._look_everywhere()
            pause = self._desk.agent.services.settings.poll_seconds
            await asyncio.sleep(pause if well else max(pause, _AFTER_FAULT))

    async def _look_everywhere(self) -> bool:
        sweep = not self._swept or time.monotonic() - self._swept > _LEFT_BEHIND
        try:
            for team in await self._desk.teams.all():
                await self._look(team, sweep=sweep)
        except (AssetQLError, *SLACK_FAULTS) as error:
            _EVENTS.warning("slack.watch_failed", error)
            return False
        if sweep:
            self._swept = time.monotonic()
        return True

    async def _look(self, team: Installation, *, sweep: bool) -> None:
        if sweep:
            for body in await self._desk.agent.call(self._desk.intake.left_behind, team.team_id):
                request = AsyncBoltRequest(
                    body=dict(body), mode="socket_mode", context={TAKEN_UP: True}
                )
                await self._app.async_dispatch(request)
        await settle_all(self._desk, team)
        for place in await self._desk.agent.call(self._told, team):
            if place.thread_id not in self._speaking:
                task = asyncio.create_task(self._speak(team, place))
                self._speaking[place.thread_id] = task

    def _told(self, team: Installation) -> list[Place]:
        """The team's threads that were told something which was not shown in Slack yet."""
        stores = self._desk.agent.services.stores
        threads = stores.inbox.threads(team.workspace, _THREADS)
        return [
            place
            for thread in self._moved(threads)
            if (place := self._desk.threads.place_of(team.workspace, thread.thread_id))
            and place.team_id == team.team_id
            and self._has_notice(thread, place)
        ]

    def _moved(self, threads: Iterable[Thread]) -> list[Thread]:
        """Those of Slack in which something happened since they were found without news."""
        return [
            thread
            for thread in threads
            if thread.thread_id.startswith(PREFIX)
            and self._looked_at.get(thread.thread_id) != thread.updated_at
        ]

    def _has_notice(self, thread: Thread, place: Place) -> bool:
        stores = self._desk.agent.services.stores
        waiting = stores.inbox.after(thread.workspace, thread.thread_id, place.told)
        if any(message.kind is MessageKind.NOTICE for message in waiting):
            return True
        self._looked_at[thread.thread_id] = thread.updated_at
        return False

    async def _speak(self, team: Installation, place: Place) -> None:
        try:
            async with self._desk.carrying():
                caller = await self._desk.agent.call(self._desk.members.principal, team, place.user)
                await converse(self._desk, team, place, caller, None)
        except (AssetQLError, *SLACK_FAULTS) as error:
            _EVENTS.warning("slack.notice_failed", error, thread=place.thread_id)
        finally:
            del self._speaking[place.thread_id]
