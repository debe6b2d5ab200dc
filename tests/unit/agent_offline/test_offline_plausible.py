"""What is left of a message becomes a thing only where it can be one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline.plausible import MOST_WORDS, noun_phrase


@pytest.mark.parametrize(
    "text",
    [
        "batch and",
        "px tall",
        "them then",
        "after export",
        "but wait to start",
        "leave it sleeping",
        "start button",
        "followed",
        "quotation for 200 tiles",
        "siblings of the last one",
    ],
)
def test_rest_of_a_sentence_is_no_thing(text: str) -> None:
    assert noun_phrase(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("red flask", "red flask"),
        ("pixel-art potion", "pixel-art potion"),
        ("export button", ""),
        ("style guide", ""),
        ("start menu", "start menu"),
        ("marble shall form a batch", "marble"),
        ("flute but please wait", "flute"),
    ],
)
def test_name_of_a_thing(text: str, name: str) -> None:
    assert noun_phrase(text) == name


def test_word_that_steers_names_a_thing_behind_an_article() -> None:
    assert noun_phrase("ship", sure=True) == "ship"
    assert noun_phrase("ship") == ""


@given(st.text(max_size=60), st.booleans())
def test_names_are_short_parts_of_the_text(text: str, sure: bool) -> None:
    name = noun_phrase(text, sure=sure)

    assert name in text
    assert len(name.split()) <= MOST_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "Of the images you are busy with, how many exist by now?",
        "Which 3 swords did we make last week?",
        "How many castles does a kingdom need?",
    ],
)
def test_questions_and_fragments_make_nothing(text: str, chat: Any) -> None:
    chat.say(text)

    assert not {"create_batch", "generate"} & {tool for tool, _ in chat.world.calls}
