"""A conversation over the embedded stores, with a scripted model and small tools."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage
from langchain_core.tools import BaseTool

from agent.events import ChatEvent, Done, GraphPart, chat_events
from agent.inbox import NewMessage
from agent.savers.fence import reading_config
from agent.scripted import Script, ScriptedModel
from agent.services import AgentServices, open_agent
from agent.turn import run_turn
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings
from tests.support.emulator import installation, settings_for
from tests.support.homes import FAMILIES

OWNER = Principal("default", "ann", frozenset({Role.OWNER}))


@dataclass
class Talk:
    """One process that talks; `prompts` are the messages that its model was given."""

    agent: AgentServices
    prompts: list[list[BaseMessage]] = field(default_factory=list[list[BaseMessage]])
    sent: int = 0

    def parts(self, text: str | None, **options: Any) -> AsyncGenerator[GraphPart]:
        self.sent += 1
        message = NewMessage(
            message_id=options.pop("message_id", f"m{self.sent}"),
            text=text or "",
            uploads=options.pop("uploads", ()),
        )
        return run_turn(
            self.agent,
            caller=options.pop("caller", OWNER),
            thread_id=options.pop("thread_id", "t"),
            message=None if text is None else message,
            **options,
        )

    async def say(self, text: str | None, **options: Any) -> list[ChatEvent]:
        return [event async for event in chat_events(self.parts(text, **options))]

    async def reply(self, text: str | None, **options: Any) -> str:
        done = (await self.say(text, **options))[-1]
        assert isinstance(done, Done)
        return done.reply

    async def state(self, thread_id: str = "t", workspace: str = "default") -> dict[str, Any]:
        config = reading_config(workspace, thread_id)
        return (await self.agent.graph.aget_state(config)).values

    async def messages(self, thread_id: str = "t") -> list[AnyMessage]:
        return (await self.state(thread_id))["messages"]


Open = Callable[..., Talk]


@pytest.fixture
def family() -> str:
    """Modules that show both families have it as a parameter."""
    return "local"


def settings_of(family: str, home: Path, **settings: Any) -> Settings:
    """Settings of a home of that family; on AWS, of the installation that goes with it."""
    chosen: dict[str, Any] = {"home": home}
    if family == "aws":
        chosen |= {"adapters": FAMILIES[family], **settings_for(installation(home, 10))}
    return Settings.model_validate(chosen | settings)


@pytest.fixture
def open_talk(tmp_path: Path, family: str) -> Iterator[Open]:
    """Opens a conversation as a process would: twice in one test is two processes."""
    closing: list[Callable[[], None]] = []

    def open_it(script: Script, tools: Sequence[BaseTool] = (), **settings: Any) -> Talk:
        prompts: list[list[BaseMessage]] = []

        def recorded(messages: Sequence[BaseMessage]) -> AIMessage:
            prompts.append(list(messages))
            return script(messages)

        model = ScriptedModel(script=recorded, per_token=settings.pop("per_token", 0.0))
        services = open_services(settings_of(family, **{"home": tmp_path, **settings}))
        agent = open_agent(services, model=model, tools=list(tools))
        closing.extend([services.close, agent.close])
        return Talk(agent, prompts)

    yield open_it
    while closing:
        closing.pop()()


async def wait_until(true: Callable[[], bool], patience: float = 10) -> None:
    """For what another task is about to do."""
    async with asyncio.timeout(patience):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    return wait_until
