"""Typed events, folded from the graph's parts."""

from collections.abc import AsyncGenerator

from langchain_core.messages import AIMessage, ToolMessage

from agent.cards import card_lines
from agent.events import (
    ApprovalNeeded,
    ChatEvent,
    Done,
    ErrorEvent,
    GraphPart,
    Token,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    chat_events,
    custom,
)
from assetql.domain.errors import ThreadBusy

CARD: dict[str, object] = {
    "kind": "approval",
    "approval_id": "apr_1",
    "batch_id": "bat_1",
    "status": "PENDING",
    "quote": {"images": 40, "total": "1.60", "currency": "USD"},
    "expires_at": "2026-01-01",
}


def updates(node: str, *messages: object) -> GraphPart:
    return {"type": "updates", "ns": (), "data": {node: {"messages": list(messages)}}}


async def fold(*parts: GraphPart, error: Exception | None = None) -> list[ChatEvent]:
    async def stream() -> AsyncGenerator[GraphPart]:
        for part in parts:
            yield part
        if error:
            raise error

    return [event async for event in chat_events(stream())]


async def test_a_turn_with_a_tool_and_an_approval() -> None:
    call = {"name": "generate", "args": {"batch": "bat_1"}, "id": "c1"}
    finished = ToolMessage("{}", tool_call_id="c1", name="generate", artifact=CARD)

    assert await fold(
        custom(event="token", text="I ask."),
        updates("model", AIMessage("I ask.", tool_calls=[call])),
        custom(event="progress", call_id="c1", text="asking", done=1, total=2),
        updates("tools", finished),
        custom(event="token", text="It waits."),
        updates("model", AIMessage("It waits.")),
    ) == [
        Token("I ask."),
        ToolStarted("c1", "generate", {"batch": "bat_1"}),
        ToolProgress("c1", "asking", 1, 2),
        ToolFinished("c1", "generate", CARD, "success", "{}"),
        ApprovalNeeded(CARD),
        Token("\n\n"),
        Token("It waits."),
        Done("I ask.\n\nIt waits."),
    ]


async def test_a_result_of_a_call_that_was_made_before_a_crash_is_shown_as_started_too() -> None:
    events = await fold(updates("tools", ToolMessage("ok", tool_call_id="c1", name="tag")))
    assert [type(e) for e in events] == [ToolStarted, ToolFinished, Done]


async def test_an_error_of_ours_is_the_last_event() -> None:
    error = ThreadBusy("Thread 't' is busy.", remedy="Wait.")
    assert await fold(custom(event="token", text="Hm."), error=error) == [
        Token("Hm."),
        ErrorEvent("thread_busy", "Thread 't' is busy.", "Wait."),
    ]


async def test_parts_that_nobody_knows_are_ignored() -> None:
    unknown: GraphPart = {"type": "values", "ns": (), "data": {"messages": []}}
    assert await fold(unknown, custom(event="other"), updates("model")) == [Done("")]


def test_a_card_says_ids_counts_prices_and_states() -> None:
    text = "\n".join(card_lines(CARD))
    for fact in ("apr_1", "bat_1", "PENDING", "40", "$1.60"):
        assert fact in text
    assert card_lines({"kind": "unheard of", "answer": 42}) == ["kind unheard of, answer 42"]
