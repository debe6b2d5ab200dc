"""What a model says, as a checkpoint can hold it. Pure."""

from collections.abc import Mapping
from typing import cast

from langchain_core.messages import AIMessage

_MOST = 2**63  # numbers from here on have no place in MessagePack


def storable(text: str) -> str:
    """The text without halves of characters, which JSON can spell and UTF-8 can't."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def storable_message(message: AIMessage) -> AIMessage:
    """The message with each text and number in it, its calls' arguments too, as can be stored."""
    fields = ("content", "tool_calls", "invalid_tool_calls")
    return message.model_copy(update={name: _value(getattr(message, name)) for name in fields})


def plain_message(message: AIMessage) -> AIMessage:
    """The message with a text in place of blocks that say no more than its text and its calls.

    Providers stream both as blocks. Each later call of the model would take every block apart
    again, which takes longer than anything else that is done before a request is sent.
    """
    blocks = message.content
    if isinstance(blocks, str) or message.invalid_tool_calls:
        return message
    called = {call["id"] for call in message.tool_calls}
    if not all(isinstance(block, dict) and _says_no_more(block, called) for block in blocks):
        return message
    return message.model_copy(update={"content": message.text})


def _says_no_more(block: Mapping[str, object], called: set[str | None]) -> bool:
    if block.get("type") == "tool_use":
        return block.get("id") in called
    return block.get("type") == "text" and block.keys() <= {"type", "text", "index"}


def _value(value: object) -> object:
    if isinstance(value, dict):
        return {_value(k): _value(v) for k, v in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_value(item) for item in cast("list[object]", value)]
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int) and not -_MOST <= value < _MOST:
        return float(value) if abs(value) < 10**300 else "a number too large"
    return value
