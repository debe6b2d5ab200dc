"""What Bedrock refuses in a Converse request, in its own words as far as they are known."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

_MOST_IMAGES = 20
_MOST_CACHE_POINTS = 4

Document = Mapping[str, Any]


def fault_of(request: Document) -> str | None:
    """Why the request is invalid, if it is."""
    return next(_faults(request), None)


def _faults(request: Document) -> Iterator[str]:
    messages = request.get("messages", [])
    if not messages or messages[0]["role"] != "user":
        yield "A conversation must start with a user message. Try again with one."
        return
    yield from _alternation(messages)
    yield from _contents(messages)
    yield from _pairing(messages)
    if not request.get("toolConfig") and any(_of(messages, "toolUse", "toolResult")):
        yield (
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        )
    if sum(1 for _ in _of(messages, "image")) > _MOST_IMAGES:
        yield f"Too many images: at most {_MOST_IMAGES} are taken in one request."
    tools = request.get("toolConfig", {}).get("tools", [])
    points = [b for b in (*tools, *request.get("system", [])) if "cachePoint" in b]
    if len(points) + sum(1 for _ in _of(messages, "cachePoint")) > _MOST_CACHE_POINTS:
        yield f"At most {_MOST_CACHE_POINTS} blocks with cachePoint may be provided."


def _alternation(messages: list[Document]) -> Iterator[str]:
    roles = [message["role"] for message in messages]
    if any(one == other for one, other in pairwise(roles)):
        yield "A conversation must alternate between user and assistant roles."


def _contents(messages: list[Document]) -> Iterator[str]:
    for index, message in enumerate(messages):
        if not [block for block in message["content"] if "cachePoint" not in block]:
            yield f"The content field in the Message object at messages.{index} is empty."
        for place, block in enumerate(message["content"]):
            if "text" in block and not block["text"].strip():
                where = f"messages.{index}.content.{place}"
                yield f"The text field in the ContentBlock object at {where} is blank."


def _pairing(messages: list[Document]) -> Iterator[str]:
    asked: list[str] = []
    for index, message in enumerate(messages):
        answered = [block["toolResult"]["toolUseId"] for block in _of([message], "toolResult")]
        missing = [each for each in asked if each not in answered]
        where = f"messages.{index}.content"
        if missing:
            yield f"Expected toolResult blocks at {where} for the following Ids: {missing}"
        if len(answered) > len(asked):
            yield (
                f"The number of toolResult blocks at {where} exceeds the number of toolUse blocks"
                " of previous turn."
            )
        asked = [block["toolUse"]["toolUseId"] for block in _of([message], "toolUse")]
    if asked:
        yield f"Expected toolResult blocks after the last message for the following Ids: {asked}"


def _of(messages: list[Document], *kinds: str) -> Iterator[Document]:
    for message in messages:
        for block in message["content"]:
            if any(kind in block for kind in kinds):
                yield block
