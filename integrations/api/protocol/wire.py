"""A turn's parts as LangGraph's server sends them: checked text only, as messages of the model."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    AnyMessage,
    BaseMessage,
    ToolMessage,
)
from langchain_core.messages.tool import tool_call_chunk
from langgraph.graph.message import add_messages

from agent.events import GraphPart
from integrations.api.protocol.answers import InterruptOut

ALWAYS = "always"  # the mode of events that every reader gets
_TUPLES, _WHOLE = "messages-tuple", "messages"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a run's stream; who asked for `mode` gets it."""

    mode: str
    name: str
    data: object

    def encoded(self, number: int) -> bytes:
        """In SSE; `number` is its id."""
        data = json.dumps(self.data, default=plain)
        return f"event: {self.name}\ndata: {data}\nid: {number}\n\n".encode()


def plain(value: object) -> object:
    """What JSON has no word for. Raises: TypeError."""
    if isinstance(value, BaseMessage | InterruptOut):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON")


@dataclass(slots=True)
class Wire:
    """One run's parts, folded into events as they come."""

    about: Mapping[str, object]  # metadata of every message
    run_id: str
    messages: list[AnyMessage] = field(default_factory=list[AnyMessage])  # as far as known
    _spoken: int = 0
    _text: str = ""
    _named: set[str] = field(default_factory=set[str])

    def feed(self, part: GraphPart) -> Iterator[Event]:
        """The events that a part makes."""
        data = cast("dict[str, Any]", part["data"])
        if part["type"] == "custom":
            yield from self._custom(data)
        elif part["type"] == "updates":
            yield Event("updates", "updates", data)
            for node, update in data.items():
                yield from self._updated(node, cast("dict[str, Any]", update or {}))

    def _custom(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if data.get("event") != "token":
            yield Event("custom", "custom", data)
            return
        self._text += data["text"]
        spoken_in = data.get("id") or f"{self.run_id}-{self._spoken}"
        chunk = AIMessageChunk(content=data["text"], id=spoken_in)
        yield self._tuple(chunk, "model")
        yield from self._partial(AIMessage(self._text, id=spoken_in), "model")

    def _updated(self, node: str, update: Mapping[str, Any]) -> Iterator[Event]:
        new = cast("list[AnyMessage]", update.get("messages", []))
        for message in new:
            yield from self._message(message, node)
        if new:
            self.messages = cast("list[AnyMessage]", add_messages(self.messages, new))  # pyright: ignore[reportArgumentType]
            yield Event("values", "values", {"messages": self.messages})

    def _message(self, message: AnyMessage, node: str) -> Iterator[Event]:
        if isinstance(message, AIMessage):
            yield from self._said(message, node)
        elif isinstance(message, ToolMessage):
            yield self._tuple(message, node)
            yield from self._complete(message, node)
            card = cast("object", message.artifact)
            if _asks(card):
                yield Event("custom", "custom", {"event": "approval", "approval": card})

    def _said(self, message: AIMessage, node: str) -> Iterator[Event]:
        """What was not streamed of it: its calls, and text that came in one piece."""
        calls = [
            tool_call_chunk(name=c["name"], args=json.dumps(c["args"]), id=c["id"], index=index)
            for index, c in enumerate(message.tool_calls)
        ]
        rest = "" if self._text else message.text
        if calls or rest:
            chunk = AIMessageChunk(content=rest, id=message.id, tool_call_chunks=calls)
            yield self._tuple(chunk, node)
        yield from self._complete(message, node)
        self._spoken, self._text = self._spoken + 1, ""

    def _tuple(self, message: BaseMessage, node: str) -> Event:
        return Event(_TUPLES, "messages", [message, {**self.about, "langgraph_node": node}])

    def _partial(self, message: BaseMessage, node: str) -> Iterator[Event]:
        key = message.id or ""
        if key not in self._named:
            self._named.add(key)
            about = {"metadata": {**self.about, "langgraph_node": node}}
            yield Event(_WHOLE, "messages/metadata", {key: about})
        yield Event(_WHOLE, "messages/partial", [message])

    def _complete(self, message: BaseMessage, node: str) -> Iterator[Event]:
        if message.id not in self._named:
            about = {"metadata": {**self.about, "langgraph_node": node}}
            yield Event(_WHOLE, "messages/metadata", {message.id or "": about})
        yield Event(_WHOLE, "messages/complete", [message])


def _asks(card: object) -> bool:
    if not isinstance(card, dict):
        return False
    fields = cast("dict[str, object]", card)
    return fields.get("kind") == "approval" and fields.get("status") == "PENDING"


def begins(run_id: str, thread_id: str) -> Event:
    """The first event of a run."""
    return Event(ALWAYS, "metadata", {"run_id": run_id, "thread_id": thread_id, "attempt": 1})


def interrupts(waiting: Sequence[InterruptOut]) -> Event:
    """What the thread waits for."""
    return Event("updates", "updates", {"__interrupt__": list(waiting)})


def final(messages: Sequence[AnyMessage], waiting: Sequence[InterruptOut]) -> Event:
    """The thread as the run leaves it."""
    values: dict[str, object] = {"messages": list(messages)}
    if waiting:
        values["__interrupt__"] = list(waiting)
    return Event("values", "values", values)


def failed(error: Mapping[str, str]) -> Event:
    """Why a run ended early."""
    return Event(ALWAYS, "error", dict(error))


END = Event(ALWAYS, "end", None)
