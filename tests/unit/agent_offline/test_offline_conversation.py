"""Follow-ups, questions, failures and notices of the planner."""

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.messages.ai import add_ai_message_chunks

from agent.langchain_tools import langchain_tool
from agent.offline.planner import OfflinePlanner, answer
from agent.prompts import EARLIER
from agent.tools import TOOLS

UPLOADS = Path(__file__).parents[3] / "examples" / "chat" / "uploads"
BY_NAME = {tool.name: tool for tool in map(langchain_tool, TOOLS)}
NAMES = list(BY_NAME)


def _tools(chat: Any) -> list[str]:
    return [tool for tool, _ in chat.world.calls]


@pytest.mark.parametrize("text", ["hello", "help", "sdkfjh sdfkjh", "what can you do?"])
def test_it_says_what_it_is(text: str, chat: Any) -> None:
    assert "built-in offline planner (rule-based, no language model)" in chat.say(text)


def test_the_answer_to_its_question_completes_the_request(chat: Any) -> None:
    images = {"upl_0000000001": UPLOADS / "ref1.png", "upl_0000000002": UPLOADS / "ref2.png"}

    assert chat.say("learn our style from these", images).startswith("What shall the style be")
    chat.say("Meadow")

    assert chat.world.calls == [("set_style", {"name": "Meadow", "references": 2})]


def test_it_asks_for_the_engine_and_then_exports(chat: Any) -> None:
    chat.world.draft(3, "READY")

    assert "Which engine" in chat.say("export my batch")
    chat.say("Unity please")

    assert chat.world.calls == [("export", {"presets": ["unity"]})]


def test_a_failed_call_is_explained_and_ends_the_plan(chat: Any) -> None:
    reply = chat.say("make a castle in the Cozy style and export it for Godot")

    assert _tools(chat) == ["create_batch"]
    assert "No style 'Cozy'" in reply


def test_arguments_that_a_tool_does_not_take_are_said_in_short() -> None:
    human = HumanMessage("make 100 swords", id="1")
    call = answer([human], NAMES)
    error = (
        "Error invoking tool 'create_batch' with kwargs {…} with error:\n items.0.variations: "
        "Input should be less than or equal to 64\n Please fix the error and try again."
    )
    failed = ToolMessage(error, tool_call_id=call.tool_calls[0]["id"], status="error")

    assert answer([human, call, failed], NAMES).text == (
        "That can't be asked for: variations: Input should be less than or equal to 64."
    )


def refused_list() -> list[BaseMessage]:
    """A list was to be made and started; the assistant asks whether to take its valid rows."""
    refused = '{"batch_id":null,"status":"REFUSED","refused_rows":3}'
    human = HumanMessage(
        "make this list and start it",
        additional_kwargs={
            "uploads": [{"upload_id": "upl_a", "file_name": "a.csv", "media_type": "text/csv"}]
        },
    )
    first = answer([human], NAMES)
    call = first.tool_calls[0]
    told = [human, first, ToolMessage(refused, tool_call_id=call["id"], name="create_batch")]
    question = answer(told, NAMES)
    assert "Shall I take the valid rows only?" in question.text
    return [*told, question]


@pytest.mark.parametrize(
    "said",
    [
        "yes please",
        "take the valid rows only",
        "go on without the bad rows",
        "skip the broken lines and start",
        "just make the good ones",
        "go ahead without them",
    ],
)
def test_refused_rows_stop_the_plan_and_a_yes_takes_the_valid_ones(said: str) -> None:
    again = answer([*refused_list(), HumanMessage(said)], NAMES)
    assert again.tool_calls[0]["args"] == {"upload": "upl_a", "valid_rows_only": True}


@pytest.mark.parametrize("said", ["no", "not the valid rows", "I'll mend the other rows first"])
def test_who_does_not_take_the_valid_rows_gets_no_batch_of_them(said: str) -> None:
    again = answer([*refused_list(), HumanMessage(said)], NAMES)
    assert not any(call["args"].get("valid_rows_only") for call in again.tool_calls)


def test_go_starts_the_newest_draft_and_no_other(chat: Any) -> None:
    chat.say("create a batch with a sword, don't start it")
    chat.say("create a batch with a bow, don't start it")
    chat.say("go ahead")

    generate = [m for m in chat.messages if isinstance(m, AIMessage) and m.tool_calls][-1]
    assert generate.tool_calls[0]["args"] == {"batch": chat.world.batch["batch_id"]}


def test_those_are_the_assets_shown_last(chat: Any) -> None:
    chat.world.draft(40, "READY")
    chat.world.assets = [
        {"asset_id": f"ast_{n}", "name": name, "description": "", "category": "", "tags": ["x"]}
        for n, name in enumerate(("Red Potion", "Iron Sword"), 1)
    ]
    chat.say("find the red potion")
    chat.say("tag those as 'winter'")

    edit = [m for m in chat.messages if isinstance(m, AIMessage) and m.tool_calls][-1]
    assert edit.tool_calls[0]["args"] == {"assets": ["ast_1"], "add": ["winter"]}


def test_what_was_found_in_the_same_message_is_exported(chat: Any) -> None:
    chat.world.draft(40, "READY")
    chat.world.assets = [
        {"asset_id": "ast_1", "name": "Iron Sword", "description": "", "category": "", "tags": []}
    ]
    chat.say("find the swords and export them for Unity")

    export = [m for m in chat.messages if isinstance(m, AIMessage) and m.tool_calls][-1]
    assert export.tool_calls[0]["args"] == {"presets": ["unity"], "assets": ["ast_1"]}


def test_a_notice_is_acknowledged_and_calls_nothing() -> None:
    notice = HumanMessage(
        "approved",
        additional_kwargs={
            "kind": "notice",
            "facts": {"approval_id": "apr_a", "batch_id": "bat_a", "status": "APPROVED"},
        },
    )
    yes = HumanMessage("yes", additional_kwargs={"kind": "person", "said": "yes"})

    for messages in ([notice], [yes, notice]):
        message = answer(messages, NAMES)
        assert not message.tool_calls
        assert "approved" in message.text


def test_a_notice_beside_a_question_does_not_answer_it() -> None:
    notice = HumanMessage("x", additional_kwargs={"kind": "notice", "facts": {"approval_id": "a"}})
    asked = HumanMessage("how is my batch?", additional_kwargs={"said": "how is my batch?"})

    assert answer([notice, asked], NAMES).tool_calls[0]["name"] == "batch_status"


def test_a_resumed_turn_repeats_the_call_and_its_id() -> None:
    messages = [HumanMessage("make 3 swords", id="inbox-7")]

    first, second = answer(messages, NAMES), answer(list(messages), NAMES)

    assert first.tool_calls == second.tool_calls
    other = answer([HumanMessage("make 3 swords", id="inbox-8")], NAMES)
    assert other.tool_calls[0]["id"] != first.tool_calls[0]["id"]


def test_the_account_of_older_messages_is_no_request() -> None:
    older = HumanMessage(f"{EARLIER}\nasked: cancel my batch")

    assert not answer([older, HumanMessage("hello", id="1")], NAMES).tool_calls


def test_it_calls_only_tools_that_it_was_given() -> None:
    assert not answer([HumanMessage("make 3 swords", id="1")], ["search"]).tool_calls


def test_streaming_gives_the_same_message_in_parts() -> None:
    model = OfflinePlanner().bind_tools(list(BY_NAME.values()))
    for text in ("hello", "make 3 swords and a bow"):
        parts = [cast("AIMessageChunk", p) for p in model.stream([HumanMessage(text, id="1")])]
        whole = add_ai_message_chunks(*parts)
        invoked = model.invoke([HumanMessage(text, id="1")])
        assert whole.text == invoked.text
        assert whole.tool_calls == invoked.tool_calls
    assert len(list(model.stream([HumanMessage("hello", id="1")]))) > 5


WORDS = st.sampled_from(
    [
        *("make", "start", "stop", "export", "tag", "find", "the", "a", "12", "two", "batch", "it"),
        *("sword", "potions", "red", "in", "style", "'Cozy'", "for", "Unity", "and", ",", "don't"),
        *("csv", "more", "like", "second", "failed", "again", "how", "much", "?", ".", "512x512"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60)))
def test_any_text_ends_in_an_answer_or_a_call_that_its_schema_takes(text: str) -> None:
    message = answer([HumanMessage(text, id="1")], NAMES)

    assert message.text or message.tool_calls
    for call in message.tool_calls:
        tool = BY_NAME[call["name"]]
        assert isinstance(tool.tool_call_schema, type)
        tool.tool_call_schema.model_validate(call["args"])  # type: ignore[attr-defined]
