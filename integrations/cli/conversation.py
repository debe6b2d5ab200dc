"""A turn in the terminal: streamed text, tool steps with durations, facts as cards."""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from agent.cards import card_lines, notice_lines
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
from agent.news import has_news
from agent.services import AgentServices
from agent.turn import run_turn
from assetql.domain.identity import Principal
from assetql.pipeline.export import get_package, link_to
from integrations.cli.output import console
from integrations.cli.pictures import can_draw, thumbnail_strip
from integrations.cli.prose import Prose
from integrations.cli.session import new_key

_PICTURES = 8


@dataclass(slots=True)
class Talk:
    """One thread of the person at the keyboard."""

    agent: AgentServices
    caller: Principal
    thread_id: str
    _started: dict[str, float] = field(default_factory=dict[str, float])
    _prose: Prose = field(default_factory=Prose)

    async def say(self, text: str, uploads: tuple[str, ...] = ()) -> list[str]:
        """Says it and shows the answer; returns the ids of approvals that it waits for."""
        return await self._turn(NewMessage(message_id=new_key(), text=text, uploads=uploads))

    async def listen(self) -> list[str]:
        """Lets the assistant take up what the thread was told meanwhile."""
        return await self._turn(None)

    def has_news(self) -> bool:
        """Whether anything waits in the thread that no turn has answered."""
        return has_news(self.agent.services.stores, self.caller.workspace, self.thread_id)

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
        if isinstance(event, Token):
            self._prose.write(event.text)
            return
        self._prose.end()
        match event:
            case Notice(text, facts):
                _panel(notice_lines(text, facts), border="green")
                self._links(cast("list[Mapping[str, object]]", facts.get("exports", [])))
            case ErrorEvent(_, what, remedy):
                console.print(f"[red]✗[/] {escape(what)} {escape(remedy)}")
            case ToolStarted() | ToolProgress() | ToolFinished():
                self._step(event)
            case Done() | ApprovalNeeded():
                pass  # the approval's card was shown when the tool finished

    def _step(self, event: ToolStarted | ToolProgress | ToolFinished) -> None:
        match event:
            case ToolStarted(call_id, name, _):
                self._started[call_id] = time.monotonic()
                if console.is_terminal:  # its end is written over it
                    console.print(f"[dim]● {name} …[/]", end="\r")
            case ToolProgress(_, text, done, total):
                share = f" {done}/{total}" if total else ""
                console.print(f"[dim]  {escape(text)}{share}[/]")
            case ToolFinished():
                self._finished(event)

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
        _panel(card_lines(artifact))
        if artifact.get("kind") == "assets":
            self._pictures(artifact)
        elif artifact.get("kind") == "package":
            self._links([artifact])

    def _links(self, exports: Sequence[Mapping[str, object]]) -> None:
        """Where to get the packages, as links that are signed now."""
        services = self.agent.services
        ids = dict.fromkeys(str(each["export_id"]) for each in exports if each.get("export_id"))
        for export_id in ids:
            package = get_package(export_id, caller=self.caller, stores=services.stores)
            link = link_to(package, stores=services.stores, terms=services.terms)
            console.print(f"{package.filename}: {link}", markup=False, soft_wrap=True)

    def _pictures(self, artifact: Mapping[str, object]) -> None:
        assets = cast("list[Mapping[str, object]]", artifact["assets"])[:_PICTURES]
        objects = self.agent.services.stores.objects
        keys = [str(asset["thumbnail_key"]) for asset in assets]
        if keys and can_draw(console):
            console.print(thumbnail_strip([objects.get(key) for key in keys], console), end="")


def _panel(lines: list[str], *, border: str = "dim") -> None:
    first, *rest = lines
    text = Text(first, "bold")
    if rest:
        text.append("\n" + "\n".join(rest), "not bold")
    for color in re.finditer(r"#[0-9a-f]{6}\b", text.plain):
        text.stylize(f"{_ink(color[0])} on {color[0]}", *color.span())
    console.print(Panel(text, border_style=border))


def _ink(color: str) -> str:
    """Black or white, whichever is read on `color`."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "black" if 0.3 * red + 0.59 * green + 0.11 * blue > 128 else "white"
