"""The composition root of the conversation: the pipeline's services plus model, saver and graph."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from threading import Event
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from agent.context import AgentContext
from agent.graph import build_graph
from agent.model import open_chat_model
from assetql.domain.errors import unknown_choice
from assetql.services import Services
from assetql.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

# The saver that goes with each family of adapters, by the module that has its `open_saver`.
SAVERS = {
    "assetql.adapters.local": "agent.savers.sqlite",
    "assetql.adapters.aws": "agent.savers.dynamodb",
}


class Saver(Protocol):
    """What turns need of a checkpoint saver, besides LangGraph's own part."""

    async def afinish_turn(self, config: RunnableConfig, *, consumed: int) -> None:
        """Ends a turn in one write, as `TurnLeases.finish` does, with all that it still holds.

        What the thread's latest checkpoint superseded is forgotten. Raises: StaleClaim.
        """
        ...

    def close(self) -> None:
        """Closes the store."""
        ...


class _SaverModule(Protocol):
    def open_saver(self, settings: Settings) -> Saver: ...


@dataclass(frozen=True, kw_only=True)
class AgentServices:
    """Everything that a turn is run with."""

    services: Services
    model: BaseChatModel
    saver: Saver
    graph: CompiledStateGraph[Any, AgentContext, Any, Any]
    pool: ThreadPoolExecutor
    # Set once the process is asked to end: turns that are cut off then are resumed by the next.
    ending: Event = field(default_factory=Event, compare=False)
    # Who ends the process waits for them: a turn's task may be gone before it is handed back.
    finishing: set[asyncio.Task[None]] = field(
        default_factory=set[asyncio.Task[None]], compare=False
    )

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a blocking store call on threads that no model call can fill up."""
        loop = asyncio.get_running_loop()
        there = partial(copy_context().run, function, *args, **kwargs)  # ids and spans go along
        return await loop.run_in_executor(self.pool, there)

    def close(self) -> None:
        """Closes what `open_agent` opened; the pipeline's services are closed by their opener."""
        self.pool.shutdown(wait=True)
        self.saver.close()


def open_agent(
    services: Services,
    *,
    model: BaseChatModel | None = None,
    tools: Sequence[BaseTool] | None = None,
) -> AgentServices:
    """The conversation over `services`; by default with the model and the tools of the product."""
    if tools is None:
        from agent.langchain_tools import langchain_tool
        from agent.tools import TOOLS

        tools = [langchain_tool(operation) for operation in TOOLS]
    family = services.settings.adapters
    if family not in SAVERS:
        raise unknown_choice("adapter family", family, sorted(SAVERS))
    model = model or open_chat_model(services.settings)
    module = cast("_SaverModule", import_module(SAVERS[family]))
    saver = module.open_saver(services.settings)
    return AgentServices(
        services=services,
        model=model,
        saver=saver,
        graph=build_graph(model, tools=tools, checkpointer=cast("BaseCheckpointSaver[Any]", saver)),
        pool=ThreadPoolExecutor(max_workers=8, thread_name_prefix="turns"),
    )
