"""Which streamed blocks become a text, and which stay as they came."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage

from agent.storable import plain_message

CALL = {"name": "look", "args": {}, "id": "tooluse_1"}
TEXT = {"type": "text", "text": "I will look.", "index": 0}
USE = {"type": "tool_use", "id": "tooluse_1", "name": "look", "input": "{}", "index": 1}


@pytest.mark.parametrize(
    ("blocks", "text"),
    [([TEXT], "I will look."), ([TEXT, USE], "I will look."), ([USE], ""), ([], "")],
)
def test_text_and_calls_become_a_text_and_calls(blocks: list[Any], text: str) -> None:
    message = plain_message(AIMessage(blocks, tool_calls=[CALL], id="m"))

    assert message.content == text
    assert [call["id"] for call in message.tool_calls] == ["tooluse_1"]
    assert message.id == "m"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "reasoning_content", "reasoning_content": {"text": "Hm.", "signature": "x"}},
        {**TEXT, "citations": [{"title": "Potions"}]},
        {**USE, "id": "tooluse_2"},  # a call that could not be read
        {"cachePoint": {"type": "default"}},
        "a bare text",
    ],
)
def test_what_says_more_stays(block: Any) -> None:
    message = AIMessage([TEXT, block], tool_calls=[CALL])
    assert plain_message(message) is message
