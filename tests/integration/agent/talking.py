"""Scripts, tools and checks that the tests of turns share."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, tool

from agent.context import AgentContext
from assetql.domain.errors import NotFound

Open = Callable[..., Any]
Runtime = ToolRuntime[AgentContext, Any]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
Script = Callable[[Any], AIMessage]


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
