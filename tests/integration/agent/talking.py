"""One who talks, and the scripts, tools and checks that the tests of turns share."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, tool

from agent.context import AgentContext
from agent.events import ChatEvent, Done, GraphPart, chat_events
from agent.inbox import NewMessage
from agent.savers.fence import reading_config
from agent.services import AgentServices
from agent.turn import run_turn
from assetql.domain.errors import NotFound
from assetql.domain.identity import Principal, Role

Runtime = ToolRuntime[AgentContext, Any]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
Script = Callable[[Any], AIMessage]

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


Open = Callable[..., Any]  # of a Talk, whose events tests take as they come


def asks(messages: Any) -> str:
    """What the person said last."""
    return next(m.text for m in reversed(messages) if isinstance(m, HumanMessage))


def echo(messages: Any) -> AIMessage:
    return AIMessage(f"You said {asks(messages)}.")


def call(name: str, call_id: str, **args: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": args, "id": call_id}])


def once(name: str, **args: Any) -> Script:
    """Calls a tool in answer to a person, and then says so."""

    def script(messages: Any) -> AIMessage:
        if isinstance(messages[-1], ToolMessage):
            return AIMessage(f"It answered: {messages[-1].text}")
        return call(name, f"call-{len(messages)}", **args)

    return script


@tool(response_format="content_and_artifact")
def look(what: str = "it") -> tuple[str, dict[str, object]]:
    """Looks at something."""
    return f"saw {what}", {"kind": "look", "what": what}


@tool
def refuse() -> str:
    """Fails on purpose."""
    raise NotFound("batch", "bat_nowhere", remedy="Create one first.")


@tool
def crash() -> str:
    """Fails by accident."""
    raise ZeroDivisionError("secret detail")


def assert_paired(messages: Any) -> None:
    """Every tool call of a thread has one result, right behind it."""
    for index, message in enumerate(messages):
        if isinstance(message, AIMessage) and message.tool_calls:
            ids = [c["id"] for c in message.tool_calls]
            behind = messages[index + 1 : index + 1 + len(ids)]
            assert [getattr(m, "tool_call_id", None) for m in behind] == ids


class Gate:
    """A tool that waits until it is let go on."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.open = asyncio.Event()

    def tool(self) -> BaseTool:
        @tool
        async def wait() -> str:
            """Waits."""
            self.entered.set()
            await self.open.wait()
            return "waited"

        return wait
