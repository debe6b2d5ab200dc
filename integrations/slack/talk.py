"""A turn in a Slack thread: streamed text, task cards, questions with buttons, images."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from agent.cards import card_lines, notice_lines, one_line
from agent.events import (
    ApprovalNeeded,
    ChatEvent,
    Done,
    ErrorEvent,
    Notice,
    Token,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    chat_events,
)
from agent.inbox import NewMessage
from agent.turn import run_turn
from assetql.domain.identity import Principal
from assetql.telemetry.events import EventLog
from integrations.slack.desk import SLACK_FAULTS, Desk
from integrations.slack.installations import Installation
from integrations.slack.questions import post_question
from integrations.slack.rendering.assets import package_buttons
from integrations.slack.rendering.parts import Block, card, feedback
from integrations.slack.stream import Stream
from integrations.slack.threads import Place
from integrations.slack.thumbnails import show_assets, show_batch

_EVENTS = EventLog(__name__)
_LOADING = ["Reading your message…", "Looking things up…", "Working on it…"]
_OWN_MESSAGE = {"approval"}  # kinds of cards that are posted with buttons instead


async def converse(
    desk: Desk,
    team: Installation,
    place: Place,
    caller: Principal,
    message: NewMessage | None,
) -> None:
    """Answers `message`, or with None what the thread was told, in the thread in Slack."""
    client = desk.web.client(team.bot_token)
    if message:
        await _show_status(desk, team, place)
    turn = _Turn(desk, team, place, Stream(client, place), asked=message is not None)
    async with desk.talking(place.thread_id):
        parts = run_turn(desk.agent, caller=caller, thread_id=place.thread_id, message=message)
        async with aclosing(parts) as stream:
            async for event in chat_events(stream):
                await turn.show(event)
        told = await turn.catch_up()
        await turn.end()
        if told:
            await desk.agent.call(desk.threads.tell, team.workspace, place.thread_id, told)


async def _show_status(desk: Desk, team: Installation, place: Place) -> None:
    try:
        await desk.web.client(team.bot_token).assistant_threads_setStatus(
            channel_id=place.channel,
            thread_ts=place.thread_ts,
            status="is thinking…",
            loading_messages=_LOADING,
        )
    except SLACK_FAULTS as error:  # not every conversation has a status line
        _EVENTS.info("slack.no_status", channel=place.channel, error=type(error).__name__)


@dataclass
class _Turn:
    """What a turn has shown so far, and what is shown once it has ended."""

    desk: Desk
    team: Installation
    place: Place
    stream: Stream
    asked: bool
    titles: dict[str, str] = field(default_factory=dict[str, str])
    blocks: list[Block] = field(default_factory=list[Block])
    summary: list[str] = field(default_factory=list[str])
    approvals: list[str] = field(default_factory=list[str])
    assets: list[str] = field(default_factory=list[str])
    batches: list[str] = field(default_factory=list[str])
    noticed: set[str] = field(default_factory=set[str])
    spoke: bool = False

    async def show(self, event: ChatEvent) -> None:
        match event:
            case Token(text):
                await self._say(text)
            case ToolStarted() | ToolProgress() | ToolFinished():
                await self._step(event)
            case Notice(text, facts):
                self._notice(text, facts)
            case ApprovalNeeded(artifact):
                self.approvals.append(str(artifact["approval_id"]))
            case ErrorEvent(_, what, remedy):
                await self._say(f"\n\n⚠️ {what} {remedy}\n")
            case Done(reply, joined):
                # Another turn has answered; here that is news only where it spoke elsewhere.
                if joined and self.asked and not self.desk.shown.has(self.place.thread_id, reply):
                    await self._say(reply)

    async def catch_up(self) -> int:
        """Shows the notices that a turn of another door has taken up; the last one's position."""
        threads = self.desk.threads
        missed = await self.desk.agent.call(
            threads.untold, self.team.workspace, self.place.thread_id
        )
        for notice in missed:
            if notice.text not in self.noticed:
                self._notice(notice.text, notice.facts)
        return missed[-1].position if missed else 0

    async def end(self) -> None:
        """Ends the answer, then shows the questions and the images."""
        if self.titles:
            steps = len(self.titles)
            await self.stream.plan(f"{steps} {'step' if steps == 1 else 'steps'}, done")
        blocks = [*self.blocks, feedback()] if self.spoke else self.blocks
        await self.stream.end(blocks, text=self.summary[0] if self.summary else "The answer.")
        for approval_id in dict.fromkeys(self.approvals):
            await post_question(self.desk, self.team, self.place, approval_id)
        if self.assets:
            await show_assets(self.desk, self.team, self.place, self.assets)
        for batch_id in self.batches:
            await show_batch(self.desk, self.team, self.place, batch_id)

    async def _say(self, text: str) -> None:
        if not self.spoke:
            self.desk.shown.begin(self.place.thread_id)
        self.spoke = True
        self.desk.shown.add(self.place.thread_id, text)
        await self.stream.say(text)

    async def _step(self, event: ToolStarted | ToolProgress | ToolFinished) -> None:
        match event:
            case ToolStarted(call_id, name, _):
                if not self.titles:
                    await self.stream.plan("Working on it")
                self.titles[call_id] = name.replace("_", " ").capitalize()
                await self.stream.step(call_id, self.titles[call_id], "in_progress")
            case ToolProgress(call_id, text, done, total):
                share = f" {done}/{total}" if total else ""
                await self.stream.step(
                    call_id, self.titles.get(call_id, text), "in_progress", details=f"{text}{share}"
                )
            case ToolFinished():
                await self._finished(event)

    async def _finished(self, event: ToolFinished) -> None:
        good = event.status == "success"
        told = one_line(event.artifact) if event.artifact else event.text
        await self.stream.step(
            event.call_id,
            self.titles.get(event.call_id, event.name),
            "complete" if good else "error",
            output="" if good and event.artifact else told,
        )
        artifact = event.artifact
        if artifact and artifact.get("kind") not in _OWN_MESSAGE:
            self._card(artifact)

    def _card(self, artifact: Mapping[str, object]) -> None:
        lines = card_lines(artifact)
        self.summary.append(lines[0])
        self.blocks.append(card(lines, self.place.team_id))
        if artifact.get("kind") == "assets":
            found = cast("list[Mapping[str, object]]", artifact["assets"])
            self.assets = [str(asset["asset_id"]) for asset in found]
        elif artifact.get("kind") == "package":
            self.blocks += package_buttons(None, [artifact], first=len(self.blocks))

    def _notice(self, text: str, facts: Mapping[str, object]) -> None:
        self.noticed.add(text)
        if "approval_id" in facts:
            return  # the question's own message says so
        lines = notice_lines(text, facts)
        self.summary.append(lines[0])
        self.blocks.append(card(lines, self.place.team_id))
        if facts.get("kind") == "batch":
            exports = cast("list[Mapping[str, object]]", facts.get("exports", []))
            batch_id = str(facts["batch_id"])
            self.blocks += package_buttons(batch_id, exports, first=len(self.blocks))
            self.batches.append(batch_id)
