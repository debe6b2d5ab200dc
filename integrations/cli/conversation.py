"""A turn in the terminal: streamed text, tool steps with durations, facts as cards."""

import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from agent.cards import card_lines
from agent.events import (
    ApprovalNeeded,
    ChatEvent,
    Done,
    ErrorEvent,
    Token,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    chat_events,
)
from agent.inbox import NewMessage
from agent.services import AgentServices
from agent.turn import run_turn
from assetql.domain.identity import Principal
from integrations.cli.output import console
from integrations.cli.pictures import can_draw, thumbnail_strip
from integrations.cli.session import new_key

_TITLES = {
    "style": "Style",
    "batch": "Batch",
    "quote": "Quote",
    "approval": "Approval",
    "assets": "Assets",
    "tags": "Tags",
    "follow_up": "Scheduled",
    "package": "Package",
    "styles": "Styles",
}
_PICTURES = 8


@dataclass(slots=True)
class Talk:
    """One thread of the person at the keyboard."""

    agent: AgentServices
    caller: Principal
    thread_id: str
    _started: dict[str, float] = field(default_factory=dict[str, float])

    async def say(self, text: str, uploads: tuple[str, ...] = ()) -> list[str]:
        """Says it and shows the answer; returns the ids of approvals that it waits for."""
        return await self._turn(NewMessage(message_id=new_key(), text=text, uploads=uploads))

    async def listen(self) -> list[str]:
        """Lets the assistant take up what the thread was told meanwhile."""
        return await self._turn(None)

    async def _turn(self, message: NewMessage | None) -> list[str]:
        waiting: list[str] = []
        parts = run_turn(self.agent, caller=self.caller, thread_id=self.thread_id, message=message)
        async with aclosing(parts) as stream:
            async for event in chat_events(stream):
                self._show(event)
                if isinstance(event, ApprovalNeeded):
                    waiting.append(str(event.artifact["approval_id"]))
        return waiting

    def _show(self, event: ChatEvent) -> None:
        match event:
            case Token(text):
                console.print(text, end="", markup=False, highlight=False)
            case ToolStarted(call_id, name, _):
                self._started[call_id] = time.monotonic()
                console.print(f"[dim]● {name} …[/]")
            case ToolProgress(_, text, done, total):
                share = f" {done}/{total}" if total else ""
                console.print(f"[dim]  {escape(text)}{share}[/]")
            case ToolFinished():
                self._finished(event)
            case ErrorEvent(_, what, remedy):
                console.print(f"[red]✗[/] {escape(what)} {escape(remedy)}")
            case Done():
                console.print()
            case ApprovalNeeded():
                pass  # its card was shown when the tool finished

    def _finished(self, event: ToolFinished) -> None:
        took = time.monotonic() - self._started.pop(event.call_id, time.monotonic())
        good = event.status == "success"
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        console.print(f"{mark} {event.name} [dim]{took:.1f} s[/]")
        if event.artifact:
            self._card(event.artifact)
        elif not good:
            console.print(f"  {escape(event.text)}")

    def _card(self, artifact: Mapping[str, object]) -> None:
        kind = str(artifact.get("kind"))
        lines = Text("\n".join(card_lines(artifact)))
        console.print(Panel(lines, title=_TITLES.get(kind, kind), title_align="left"))
        if kind == "assets":
            self._pictures(artifact)

    def _pictures(self, artifact: Mapping[str, object]) -> None:
        assets = cast("list[Mapping[str, object]]", artifact["assets"])[:_PICTURES]
        objects = self.agent.services.stores.objects
        keys = [str(asset["thumbnail_key"]) for asset in assets]
        if keys and can_draw(console):
            console.print(thumbnail_strip([objects.get(key) for key in keys], console))
