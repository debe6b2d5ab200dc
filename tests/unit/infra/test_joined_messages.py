"""The stand-in reads what the wire has joined: notices, files and words of several messages."""

import json
from typing import Any

import pytest

from agent.inbox import ATTACHED, NOTICE
from infra.emulator import brain

NEWS = f"{NOTICE}\n{json.dumps({'text': 'bat_1 has ended: READY.', 'facts': {'kind': 'batch'}})}"
FILE = f"{ATTACHED}\n" + json.dumps(
    {"upload_id": "upl_1", "file_name": "ref.png", "media_type": "image/png", "size_bytes": 9}
)
TOOLS = [{"toolSpec": {"name": name}} for name in ("create_batch", "set_style", "generate")]


def called(text: str) -> list[str]:
    """Which tools the stand-in calls next for what a person is heard to say."""
    messages = [{"role": "user", "content": [{"text": text}]}]
    request: dict[str, Any] = {"messages": messages, "toolConfig": {"tools": TOOLS}}
    blocks = brain.answer(request)
    return [block["toolUse"]["name"] for block in blocks if "toolUse" in block]


@pytest.mark.parametrize(
    "text",
    [
        "make 2 red potions",
        f"{NEWS}\nmake 2 red potions",
        f"{NEWS}\n{NEWS}\nmake 2 red potions",
        f"hello\n{NEWS}\nmake 2 red potions",
    ],
)
def test_what_was_said_is_heard_between_notices(text: str) -> None:
    assert called(text) == ["create_batch"]


def test_files_go_with_the_words_before_them() -> None:
    said = "use this image as the style 'Meadow'"
    assert called(f"{NEWS}\n{said}\n{FILE}\n{NEWS}") == ["set_style"]
    assert called(f"{said}\n{FILE}") == ["set_style"]


@pytest.mark.parametrize("text", [NEWS, f"{NEWS}\n{NEWS}", NOTICE, f"{NOTICE}\nno JSON", ATTACHED])
def test_news_and_what_only_looks_like_it_call_nothing(text: str) -> None:
    assert called(text) == []
