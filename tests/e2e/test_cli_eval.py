"""assetql eval: what scripts read of a run over recorded requests."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Cli, references


def request(name: str, **fields: Any) -> str:
    """A line of a file of requests."""
    return json.dumps({"id": name, **fields})


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    """One request that passes over two turns, and one that can't."""
    picture = tmp_path / "mine.png"
    picture.write_bytes(references("noto", 1)[0].read_bytes())
    file = tmp_path / "requests.jsonl"
    styled = request(
        "styled",
        uploads=["mine.png"],
        say=["Use this image as the style 'Mine'", "make 3 red potions with it"],
        expect=[{"tool": "set_style", "args": {"name": "mine"}}, {"tool": "create_batch"}],
    )
    never = request("never", say=["which styles do I have?"], expect=[{"tool": "cancel_batch"}])
    file.write_text(f"\ufeff{styled}\n\n{never}\n", encoding="utf-8")
    return file


def test_each_request_gets_its_calls_its_reply_and_its_verdict(cli: Cli, requests: Path) -> None:
    ran = cli("eval", requests, "--json")
    styled, never = ran.document
    assert ran.code == 1  # not all passed
    assert [(each["id"], each["passed"]) for each in (styled, never)] == [
        ("styled", True),
        ("never", False),
    ]
    for outcome in (styled, never):
        assert set(outcome) == {"id", "passed", "calls", "reply"}
        assert outcome["reply"]
        for call in outcome["calls"]:
            assert set(call) == {"turn", "tool", "args", "result"}
    assert [(call["turn"], call["tool"]) for call in styled["calls"]][:2] == [
        (1, "set_style"),
        (2, "create_batch"),
    ]
    assert not cli.home.exists()  # it works in homes of its own


def test_people_see_a_table_and_the_sum(cli: Cli, requests: Path) -> None:
    shown = cli("eval", requests)
    assert shown.code == 1
    assert "1 of 2 passed" in shown.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no request"),
        ("nonsense\n", "Line 1"),
        (request("a", say=["hi"]) + "\n" + request("b", say=[]), "Line 2"),
        (request("a", say=["hi"], setup=["moon_landing"]), "moon_landing"),
        (request("a", say=["hi"], uploads=["nowhere.png"]), "nowhere.png"),
    ],
)
def test_requests_that_cannot_be_run(cli: Cli, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(text, encoding="utf-8")
    assert says in cli("eval", file, "--json").error["message"]


def test_requests_that_are_no_text(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in cli("eval", file, "--json").error["message"]
