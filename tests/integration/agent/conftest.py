"""A conversation over the embedded stores, with a scripted model and small tools."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool

from agent.scripted import Script, ScriptedModel
from agent.services import open_agent
from assetql.services import open_services
from assetql.settings import Settings
from tests.integration.agent.talking import Open, Talk
from tests.support.emulator import installation, settings_for
from tests.support.homes import FAMILIES


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
