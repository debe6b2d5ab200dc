"""A thread as it was: its messages, read from the graph's state in the caller's workspace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agent.inbox import compose, notices, said
from agent.savers.fence import reading_config
from agent.state import paired
from assetql.domain.identity import Action, Principal
from integrations.gradio.playground import Playground

Artifact = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person wrote, and the uploads that went along."""

    text: str
    uploads: tuple[Mapping[str, object], ...] = ()
    author: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Prose of the assistant."""

    text: str


@dataclass(frozen=True, slots=True)
class Used:
    """A call of a tool with its result."""

    call_id: str
    name: str
    artifact: Artifact | None
    failed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice to the thread."""

    text: str
    facts: Artifact


Entry = Said | Answered | Used | Told


async def read_thread(playground: Playground, caller: Principal, thread_id: str) -> list[Entry]:
    """The thread's entries, oldest first; a thread of another workspace is as if it were not."""
    caller.require(Action.READ)
    if not thread_id:
        return []
    config = reading_config(caller.workspace, thread_id)
    snapshot = await playground.agent.graph.aget_state(config)
    state = cast("dict[str, Any]", snapshot.values)
    earlier = cast("list[str]", state.get("synopsis", []))
    entries: list[Entry] = []
    if earlier:
        entries.append(Told("Earlier in this conversation", {"earlier": earlier}))
    messages = cast("list[AnyMessage]", state.get("messages", []))
    waiting = await playground.agent.call(_waiting, messages, playground, caller, thread_id)
    return [*entries, *entries_of(messages), *entries_of(waiting)]


def _waiting(
    messages: list[AnyMessage], playground: Playground, caller: Principal, thread_id: str
) -> list[AnyMessage]:
    """What people have said that no turn has taken up, such as what was stopped before it began."""
    stores, taken = playground.stores, {message.id for message in messages}
    lease = stores.turns.get(caller.workspace, thread_id)
    behind = stores.inbox.after(caller.workspace, thread_id, lease.consumed if lease else 0)
    composed = compose(behind, partial(stores.uploads.get, caller.workspace))
    return [each for each in composed if each.id not in taken and said(each) is not None]


def entries_of(messages: list[AnyMessage]) -> Iterator[Entry]:
    """The entries of these messages; calls that a crash left open count as failed."""
    for message in paired(messages):
        if isinstance(message, HumanMessage):
            yield from _of_person(message)
        elif isinstance(message, AIMessage) and message.text:
            yield Answered(message.text)
        elif isinstance(message, ToolMessage):
            yield _of_tool(message)


def _of_person(message: HumanMessage) -> Iterator[Entry]:
    for notice in notices([message]):
        yield Told(str(notice["text"]), cast("Artifact", notice["facts"]))
    words = said(message)
    if words is not None:
        kwargs = cast("dict[str, Any]", message.additional_kwargs)
        files = cast("list[Artifact]", kwargs.get("uploads", []))
        yield Said(words, tuple(files), str(kwargs.get("author", "")))


def _of_tool(message: ToolMessage) -> Used:
    artifact = cast("object", message.artifact)
    return Used(
        call_id=message.tool_call_id,
        name=message.name or "tool",
        artifact=cast("Artifact", artifact) if isinstance(artifact, dict) else None,
        failed=message.status == "error",
        text=message.text,
    )
