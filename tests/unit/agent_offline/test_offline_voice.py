"""Passives, causatives and wishes, read as the imperatives that they stand for."""

import pytest

from agent.offline.voice import active, wished


@pytest.mark.parametrize(
    ("clause", "imperative"),
    [
        ("every row has to be made in Frost", "make every row in Frost"),
        ("these should be delivered for web", "deliver these for web"),
        ("the batch must not be started", "do not start the batch"),
        ("have the whole thing generated asap", "generate the whole thing asap"),
        ("get them packaged", "package them"),
        ("an oven and a sink are needed in Frost style", "need an oven and a sink in Frost style"),
        ("a Unity package would be great", "need a Unity package"),
    ],
)
def test_active(clause: str, imperative: str) -> None:
    assert active(clause) == imperative


@pytest.mark.parametrize(
    "clause",
    [
        "make a sword",
        "I need a sword made of ice",
        "need 8 wooden shields hand painted",
        "I need a painted egg",
        "show me those that should be tagged",
    ],
)
def test_what_describes_a_thing_is_no_request(clause: str) -> None:
    assert active(clause) == clause


def test_wishes_are_passives() -> None:
    assert wished("if all were generated") == "all should be generated"
