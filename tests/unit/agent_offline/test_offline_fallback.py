"""Messages that no rule covers: their stems, and what the conversation waits for, decide."""

from typing import Any

import pytest


@pytest.mark.parametrize("text", ["You have my nod.", "Time for action!", "Let there be lights"])
def test_waiting_draft_is_started_by_any_word_of_consent(text: str, chat: Any) -> None:
    chat.say("Create a batch with a sword and a bow, but don't start it yet")
    chat.say(text)

    assert [tool for tool, _ in chat.world.calls] == ["create_batch", "generate"]


@pytest.mark.parametrize("text", ["You have my nod.", "Time for action!", "Let there be lights"])
def test_consent_starts_nothing_where_nothing_waits(text: str, chat: Any) -> None:
    chat.say(text)

    assert chat.world.calls == []


@pytest.mark.parametrize(
    "text", ["The blue one is nice", "Stop signs are red, aren't they?", "It rains here"]
)
def test_little_evidence_is_none(text: str, chat: Any) -> None:
    chat.say(text)

    assert not {"cancel_batch", "retry_failed", "create_batch", "generate"} & {
        tool for tool, _ in chat.world.calls
    }
