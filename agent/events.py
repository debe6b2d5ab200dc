"""What happens in a turn, as doors show it: typed events, folded from the graph's parts."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, cast

from langchain_core.messages import AIMessage, ToolMessage

from assetql.domain.errors import AssetQLError

ToolStatus = Literal["success", "error"]


class GraphPart(TypedDict):
    """One part of LangGraph's v2 stream; `type` is updates or custom."""

    type: str
    ns: tuple[str, ...]
    data: Any


@dataclass(frozen=True, slots=True)
class Token:
    """Checked text of the assistant, to append to what was shown."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """The model called a tool."""

    call_id: str
    name: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolProgress:
    """`done` of `total` steps of a call, where the tool counts them."""

    call_id: str
    text: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """The artifact is what a door renders as a card; `text` is what the model read."""

    call_id: str
    name: str
    artifact: Mapping[str, object] | None
    status: ToolStatus
    text: str


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """A person has to answer this approval; `artifact` is its card."""

    artifact: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the thread was told since its last turn; `facts` make its card."""

    text: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """The turn ended early; the thread stays usable."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Done:
    """The turn ended; `joined` where another turn had answered this message already."""

    reply: str
    joined: bool = False


ChatEvent = (
    Token | ToolStarted | ToolProgress | ToolFinished | ApprovalNeeded | Notice | ErrorEvent | Done
)


def custom(**data: object) -> GraphPart:
    """A part of our own."""
    return {"type": "custom", "ns": (), "data": data}


@dataclass(slots=True)
class _Fold:
    """What has been seen of a turn so far."""

    replies: list[str] = field(default_factory=list[str])
    started: set[str] = field(default_factory=set[str])
    shown: bool = False
    between: bool = False
    joined: bool = False

    def part(self, part: GraphPart) -> Iterator[ChatEvent]:
        data = cast("dict[str, Any]", part["data"])
        if part["type"] == "custom":
            yield from self._custom(data)
        elif part["type"] == "updates":
            for update in data.values():
                for message in (update or {}).get("messages", []):
                    yield from self._message(message)

    def _custom(self, data: dict[str, Any]) -> Iterator[ChatEvent]:
        match data.get("event"):
            case "token":
                if self.shown and self.between:
                    yield Token("\n\n")
                self.shown, self.between = True, False
                yield Token(data["text"])
            case "progress":
                yield ToolProgress(
                    data["call_id"], data["text"], data.get("done"), data.get("total")
                )
            case "notice":
                yield Notice(data["text"], data["facts"])
            case "error":
                yield ErrorEvent(data["code"], data["message"], data["remedy"])
            case "joined":
                self.joined = True
                self.replies.append(data["reply"])
            case _:
                return

    def _message(self, message: object) -> Iterator[ChatEvent]:
        if isinstance(message, AIMessage):
            self.between = True
            if message.text:
                self.replies.append(message.text)
            for call in message.tool_calls:
                self.started.add(call["id"] or "")
                yield ToolStarted(call["id"] or "", call["name"], call["args"])
        elif isinstance(message, ToolMessage):
            yield from self._finished(message)

    def _finished(self, message: ToolMessage) -> Iterator[ChatEvent]:
        name = message.name or ""
        if message.tool_call_id not in self.started:  # called before this turn was resumed
            yield ToolStarted(message.tool_call_id, name, {})
        artifact = cast("object", message.artifact)
        card = cast("Mapping[str, object]", artifact) if isinstance(artifact, dict) else None
        yield ToolFinished(message.tool_call_id, name, card, message.status, message.text)
        if card and card.get("kind") == "approval" and card.get("status") == "PENDING":
            yield ApprovalNeeded(card)


async def chat_events(parts: AsyncIterator[GraphPart]) -> AsyncIterator[ChatEvent]:
    """The typed events of a turn. The last one is Done, or an ErrorEvent for what it raised."""
    fold = _Fold()
    try:
        async for part in parts:
            for event in fold.part(part):
                yield event
    except AssetQLError as error:
        yield ErrorEvent(error.code, error.message, error.remedy)
        return
    yield Done("\n\n".join(fold.replies), joined=fold.joined)
