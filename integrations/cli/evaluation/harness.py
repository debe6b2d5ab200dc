"""Runs each request in a fresh workspace and records the calls that the assistant makes."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from agent.events import (
    ApprovalNeeded,
    Done,
    ErrorEvent,
    ToolFinished,
    ToolStarted,
    chat_events,
)
from agent.inbox import NewMessage
from agent.model import open_chat_model
from agent.services import AgentServices, open_agent
from agent.turn import run_turn
from assetql.pipeline.approve import answer_approval
from assetql.settings import Settings
from integrations.cli.attachments import attach
from integrations.cli.evaluation.request import Request
from integrations.cli.evaluation.score import Call, Outcome, score
from integrations.cli.evaluation.setups import THREAD, Stage, build
from integrations.cli.session import new_key, open_configured, owner


@dataclass(slots=True)
class _Record:
    """The calls and the answer of a conversation so far."""

    calls: list[Call] = field(default_factory=list[Call])
    asked: dict[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    waiting: list[str] = field(default_factory=list[str])
    reply: str = ""

    def started(self, event: ToolStarted) -> None:
        self.asked[event.call_id] = event.args

    def finished(self, event: ToolFinished, turn: int) -> None:
        card = dict(event.artifact) if event.artifact else {"error": event.text}
        resolved = cast("Mapping[str, object]", card.pop("resolved", {}))
        args = {**self.asked.get(event.call_id, {}), **resolved}
        self.calls.append(Call(turn, event.name, args, card))


class Harness:
    """Keeps a home folder per setup, and copies it for each request that starts from it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._model = open_chat_model(settings)
        self._scratch = tempfile.TemporaryDirectory(prefix="assetql-eval-")
        self._built: dict[tuple[str, ...], Path] = {}

    def __enter__(self) -> "Harness":
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    async def run(self, request: Request) -> Outcome:
        """One conversation, with every approval given, and its score."""
        template = await self._template(request.setup)
        home = Path(self._scratch.name) / f"run-{new_key()[4:]}"
        shutil.copytree(template, home)
        services = open_configured(self._at(home))
        agent = open_agent(services, model=self._model)
        record = _Record()
        try:
            files = [self._folder / path for path in request.uploads]
            caller = owner(self._settings)
            uploads = attach(files, services, caller, THREAD)
            for turn, text in enumerate(request.say, start=1):
                message = NewMessage(
                    message_id=new_key(), text=text, uploads=uploads if turn == 1 else ()
                )
                await self._turn(agent, message, turn, record)
        finally:
            agent.close()
            services.close()
            shutil.rmtree(home)
        return score(request, record.calls, record.reply)

    async def _turn(
        self, agent: AgentServices, message: NewMessage, turn: int, record: _Record
    ) -> None:
        caller = owner(self._settings)
        parts = run_turn(agent, caller=caller, thread_id=THREAD, message=message)
        async with aclosing(parts) as stream:
            async for event in chat_events(stream):
                match event:
                    case ToolStarted():
                        record.started(event)
                    case ToolFinished():
                        record.finished(event, turn)
                    case ApprovalNeeded(artifact):
                        record.waiting.append(str(artifact["approval_id"]))
                    case Done(reply, _):
                        record.reply = reply
                    case ErrorEvent(_, what, remedy):
                        record.reply = f"{what} {remedy}"
                    case _:
                        pass
        self._approve(agent, record)

    def _approve(self, agent: AgentServices, record: _Record) -> None:
        services = agent.services
        for approval_id in dict.fromkeys(record.waiting):
            answer_approval(
                approval_id,
                approve=True,
                caller=owner(self._settings),
                stores=services.stores,
                clock=services.clock,
            )
        record.waiting.clear()

    async def _template(self, setup: tuple[str, ...]) -> Path:
        if setup not in self._built:
            # What comes before the last state may be built already.
            base = await self._template(setup[:-1]) if setup else None
            home = Path(self._scratch.name) / f"setup-{len(self._built)}"
            if base:
                shutil.copytree(base, home)
            services = open_configured(self._at(home))
            try:
                if setup:
                    await build(setup[-1], Stage(services, owner(self._settings)))
            finally:
                services.close()
            self._built[setup] = home
        return self._built[setup]

    def _at(self, home: Path) -> Settings:
        return self._settings.model_copy(update={"home": home})
