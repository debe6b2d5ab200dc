"""One streamed answer: Markdown text and task cards, with blocks below once it has ended."""

from typing import Any

from slack_sdk.models.messages.chunk import PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from assetql.telemetry.events import EventLog
from integrations.slack.desk import SLACK_FAULTS
from integrations.slack.mrkdwn import clipped, escape, pieces
from integrations.slack.rendering.parts import MOST_BLOCKS, Block, fallback
from integrations.slack.threads import Place

_EVENTS = EventLog(__name__)
_MOST_TEXT = 10_000  # characters of one message; Slack takes 12,000 of Markdown
_MOST_TITLE, _MOST_OUTPUT = 250, 250


class Stream:
    """Begins at the first word. What Slack does not take of it is posted at its end."""

    def __init__(self, client: AsyncWebClient, place: Place) -> None:
        self._client = client
        self._place = place
        self._open: AsyncChatStream | None = None
        self._length = 0
        self._unsent: list[str] = []
        self._broken = False

    async def say(self, text: str) -> None:
        """Appends what the assistant wrote."""
        for piece in pieces(escape(text), _MOST_TEXT):
            if self._length + len(piece) > _MOST_TEXT:
                await self._stop([])
            self._length += len(piece)
            self._unsent.append(piece)
            await self._append(markdown_text=piece)

    async def plan(self, title: str) -> None:
        """What the steps are for."""
        await self._append(chunks=[PlanUpdateChunk(title=clipped(escape(title), _MOST_TITLE))])

    async def step(
        self, step_id: str, title: str, status: str, *, details: str = "", output: str = ""
    ) -> None:
        """A step begins, goes on (`in_progress`), or ends (`complete`, `error`)."""
        chunk = TaskUpdateChunk(
            id=step_id,
            title=clipped(escape(title), _MOST_TITLE),
            status=status,
            details=clipped(escape(details), _MOST_OUTPUT) or None,
            output=clipped(escape(output), _MOST_OUTPUT) or None,
        )
        await self._append(chunks=[chunk])

    async def end(self, blocks: list[Block], *, text: str) -> None:
        """Ends the message with these blocks below it; `text` is what notifications say of them."""
        if await self._stop(blocks[:MOST_BLOCKS]):
            blocks = blocks[MOST_BLOCKS:]
        for piece in pieces("".join(self._unsent), _MOST_TEXT):
            await self._post(markdown_text=piece)
        for start in range(0, len(blocks), MOST_BLOCKS):
            await self._post(text=fallback(text), blocks=blocks[start : start + MOST_BLOCKS])

    async def _append(self, **what: Any) -> None:
        if self._broken:
            return
        try:
            if self._open is None:
                self._open = await self._begin()
            if await self._open.append(**what):
                self._unsent.clear()
        except SLACK_FAULTS as error:
            self._break(error)

    async def _begin(self) -> AsyncChatStream:
        return await self._client.chat_stream(
            channel=self._place.channel,
            thread_ts=self._place.thread_ts,
            recipient_team_id=self._place.team_id,
            recipient_user_id=self._place.user,
            task_display_mode="plan",
        )

    async def _stop(self, blocks: list[Block]) -> bool:
        """False where no message is open to end."""
        if self._open is None or self._broken:
            return False
        try:
            await self._open.stop(blocks=blocks or None)
        except SLACK_FAULTS as error:
            self._break(error)
            return False
        self._unsent.clear()
        self._open, self._length = None, 0
        return True

    def _break(self, error: BaseException) -> None:
        _EVENTS.warning("slack.stream_broken", error, team=self._place.team_id)
        self._broken = True

    async def _post(self, **message: Any) -> None:
        await self._client.chat_postMessage(
            channel=self._place.channel, thread_ts=self._place.thread_ts, **message
        )
