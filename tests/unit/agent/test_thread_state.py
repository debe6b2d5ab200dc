"""The state of a thread: calls are paired, long threads are cut and summed up. Pure."""

from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage

from agent.state import (
    KEPT_MESSAGES,
    LOST_RESULT,
    MOST_CHARACTERS,
    MOST_MESSAGES,
    SYNOPSIS_LINES,
    ThreadState,
    next_input,
    paired,
    summed_up,
    trimmed,
)


def asked(*ids: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": "t", "args": {}, "id": i} for i in ids])


def answered(call_id: str, **fields: Any) -> ToolMessage:
    return ToolMessage("ok", tool_call_id=call_id, name="t", **fields)


MESSAGES = st.lists(
    st.one_of(
        st.builds(HumanMessage, st.just("hi")),
        st.builds(AIMessage, st.just("ho")),
        st.sampled_from(["a", "b", "c"]).map(asked),
        st.just(asked("d", "e")),
        st.sampled_from(["a", "b", "c", "d", "e", "stray"]).map(answered),
    ),
    max_size=12,
)


@given(MESSAGES)
@settings(max_examples=100, deadline=None)
def test_each_call_has_one_result_right_behind_it_and_no_result_is_stray(
    messages: list[AnyMessage],
) -> None:
    result = paired(messages)

    expected: list[str | None] = []
    for message in result:
        if isinstance(message, ToolMessage):
            assert expected.pop(0) == message.tool_call_id
        else:
            assert expected == []
            if isinstance(message, AIMessage):
                expected = [call["id"] for call in message.tool_calls]
    assert expected == []
    assert [m for m in result if not isinstance(m, ToolMessage)] == [
        m for m in messages if not isinstance(m, ToolMessage)
    ]
    assert paired(result) == result


def test_a_lost_result_says_that_the_effect_may_have_happened() -> None:
    [_, lost] = paired([asked("a")])
    assert isinstance(lost, ToolMessage)
    assert (lost.content, lost.status) == (LOST_RESULT, "error")


def turns(count: int, text: str = "x") -> list[AnyMessage]:
    found: list[AnyMessage] = []
    for n in range(count):
        found += [HumanMessage(f"{text} {n}"), asked(f"c{n}"), answered(f"c{n}"), AIMessage("done")]
    return found


@given(st.integers(0, 60), st.sampled_from([1, 100, 20_000]))
@settings(max_examples=40, deadline=None)
def test_what_is_kept_is_bounded_and_begins_with_a_person(count: int, length: int) -> None:
    messages = turns(count, "x" * length)
    older, kept = trimmed(messages)

    assert older + kept == messages
    assert len(kept) <= MOST_MESSAGES
    assert sum(len(m.text) for m in kept) <= MOST_CHARACTERS
    if older:
        assert len(kept) <= KEPT_MESSAGES
        assert not kept or isinstance(kept[0], HumanMessage)
    assert paired(kept) == kept


def test_one_message_after_the_cut_does_not_cut_again() -> None:
    _, kept = trimmed(turns(16))
    assert trimmed([*kept, *turns(1)])[0] == []


def test_the_synopsis_names_requests_and_artifacts_once_and_is_bounded() -> None:
    card = {"kind": "batch", "batch_id": "bat_1", "name": "RPG", "rows": 3, "tasks": 6}
    older: list[AnyMessage] = [
        HumanMessage("make\n potions"),
        answered("a", artifact=card),
        answered("b", artifact=card),
    ]
    lines = summed_up(["asked: before"], older)
    assert lines[:2] == ["asked: before", "asked: make potions"]
    assert [line for line in lines if "bat_1" in line] == lines[2:3]
    assert len(summed_up([], turns(100))) == SYNOPSIS_LINES


def test_a_quiet_thread_takes_new_messages_without_rewriting_old_ones() -> None:
    state = cast("ThreadState", {"messages": turns(2)})
    update = next_input(state, [HumanMessage("more")], taken=3, cut_short=False)
    assert update == {"messages": [HumanMessage("more")], "taken": 3}


def test_a_thread_that_was_cut_short_is_written_whole() -> None:
    old: list[AnyMessage] = [HumanMessage("go"), asked("a")]
    state = cast("ThreadState", {"messages": old})
    update = next_input(state, [HumanMessage("more")], taken=3, cut_short=True)
    messages = cast("list[Any]", update["messages"])
    assert isinstance(messages[0], RemoveMessage)
    assert [type(m) for m in messages[1:]] == [HumanMessage, AIMessage, ToolMessage, HumanMessage]
