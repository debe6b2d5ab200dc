"""What a thread's checkpoint holds, and how it is kept small and well formed. Pure."""

from collections.abc import Sequence
from typing import NotRequired, cast

from langchain.agents import AgentState
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    ToolCall,
    ToolMessage,
)
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from agent.cards import one_line

MOST_MESSAGES = 60
KEPT_MESSAGES = 30
MOST_CHARACTERS = 120_000
SYNOPSIS_LINES = 40
_REQUEST_LENGTH = 120

LOST_RESULT = (
    "No result: the turn ended before this call did. It may have taken effect; look before "
    "you repeat it."
)


class ThreadState(AgentState[None]):
    """`taken` is the inbox position that the messages reach; `synopsis` stands for older ones."""

    taken: NotRequired[int]
    synopsis: NotRequired[list[str]]


def paired(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages, each tool call with one result right behind it: an error where there is none.

    A result belongs to the newest call before it that has its id; one without a call is dropped.
    """
    caller: dict[str, int] = {}
    results: dict[tuple[int, str], ToolMessage] = {}
    for index, message in enumerate(messages):
        if isinstance(message, AIMessage):
            caller |= {call["id"] or "": index for call in message.tool_calls}
        elif isinstance(message, ToolMessage) and message.tool_call_id in caller:
            results[caller[message.tool_call_id], message.tool_call_id] = message
    whole: list[AnyMessage] = []
    for index, message in enumerate(messages):
        if isinstance(message, AIMessage):
            calls = message.tool_calls
            whole += [message, *(results.get((index, c["id"] or "")) or _lost(c) for c in calls)]
        elif not isinstance(message, ToolMessage):
            whole.append(message)
    return whole


def _lost(call: ToolCall) -> ToolMessage:
    call_id = call["id"] or ""
    return ToolMessage(LOST_RESULT, tool_call_id=call_id, name=call["name"], status="error")


def trimmed(messages: Sequence[AnyMessage]) -> tuple[list[AnyMessage], list[AnyMessage]]:
    """(older, kept): `older` is empty until there are too many, then much goes at once.

    The cut lies before a person's message, so that no call is torn from its result. Cutting
    seldom and deep keeps the prefix that a provider caches stable between cuts.
    """
    size = sum(len(m.text) for m in messages)
    if len(messages) <= MOST_MESSAGES and size <= MOST_CHARACTERS:
        return [], list(messages)
    cut, length = len(messages), 0
    for index in range(len(messages) - 1, -1, -1):
        length += len(messages[index].text)
        if len(messages) - index > KEPT_MESSAGES or length > MOST_CHARACTERS // 2:
            break
        if isinstance(messages[index], HumanMessage):
            cut = index
    return list(messages[:cut]), list(messages[cut:])


def summed_up(synopsis: Sequence[str], older: Sequence[AnyMessage]) -> list[str]:
    """The synopsis with a line for each request and artifact of `older`; the newest lines."""
    lines = list(synopsis)
    for message in older:
        line = _line(message)
        if line:
            lines = [*(known for known in lines if known != line), line]
    return lines[-SYNOPSIS_LINES:]


def _line(message: BaseMessage) -> str:
    if isinstance(message, HumanMessage):
        text = " ".join(message.text.split())
        return f"asked: {text[:_REQUEST_LENGTH]}"
    if isinstance(message, ToolMessage) and isinstance(message.artifact, dict):
        return f"{message.name}: {one_line(cast('dict[str, object]', message.artifact))}"
    return ""


def next_input(
    state: ThreadState, new: Sequence[AnyMessage], *, taken: int, cut_short: bool
) -> dict[str, object]:
    """The graph's input for a turn: the thread repaired and trimmed, then the new messages.

    `cut_short`: steps of the last turn are pending. LangGraph drops their writes when new input
    comes, so the messages, which show those writes, are written whole.
    """
    messages = state.get("messages", [])
    older, kept = trimmed(paired(messages))
    update: dict[str, object] = {"messages": list(new), "taken": taken}
    if cut_short or older or kept != messages:
        everything = RemoveMessage(id=REMOVE_ALL_MESSAGES)
        update["messages"] = [everything, *kept, *new]
        update["synopsis"] = summed_up(state.get("synopsis", []), older)
    return update
