"""SIGKILL at every step of a turn: the next process goes on where it stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, InjectedToolCallId, tool

from agent.events import Done
from assetql.settings import Settings
from tests.integration.agent.conftest import settings_of
from tests.integration.agent.talking import Open

ROOT = Path(__file__).parents[3]
SHARED = {"adapters", "aws_endpoint", "aws_region", "aws_prefix", "aws_bucket"}
# The checkpoints, task writes and the end of the turn that dies. DynamoDB's saver holds back what
# only says that a message came in, the writes of tasks, and the answer until the end.
WRITES = {"local": 10, "aws": 3}
NOT_TAKEN = {
    "local": {"before write 1", "before write 2"},
    "aws": {"before write 1", "first call of the model"},
}


def points(family: str) -> list[str]:
    return [
        *(f"before write {n}" for n in range(1, WRITES[family] + 1)),
        f"after write {WRITES[family]}",
        "first call of the model",
        "before the effect",
        "after the effect",
        "second call of the model",
    ]


EACH = [(family, point) for family in WRITES for point in points(family)]


@pytest.fixture(scope="module")
def graves(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A home, and below it one per point, left behind by a process that died there."""

    @cache
    def dig(family: str) -> Path:
        root = tmp_path_factory.mktemp("graves")
        settings = settings_of(family, root)
        script = Path(__file__).with_name("dying_process.py")
        ended = subprocess.run(
            [sys.executable, str(script), str(root), *points(family)],
            env={**os.environ, **variables_of(settings), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        signals = dict(line.split("\t") for line in ended.stdout.splitlines())
        assert signals == {point: str(int(signal.SIGKILL)) for point in points(family)}
        return root

    return dig


def variables_of(settings: Settings) -> dict[str, str]:
    """The environment of a process with the same adapters."""
    chosen = settings.model_dump(include=SHARED, exclude_none=True)
    return {f"ASSETQL_{name.upper()}": str(value) for name, value in chosen.items()}


def attempts(home: Path, file: str) -> list[str]:
    path = home / file
    return path.read_text().split() if path.exists() else []


def spending(home: Path) -> BaseTool:
    @tool
    def spend(call_id: Annotated[str, InjectedToolCallId]) -> str:
        """Has an effect, once per call."""
        done = attempts(home, "effects")
        with (home / "attempts").open("a") as file:
            file.write(f"{call_id}\n")
        if call_id not in done:
            with (home / "effects").open("a") as file:
                file.write(f"{call_id}\n")
        return "spent"

    return spend


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    if isinstance(messages[-1], ToolMessage):
        return AIMessage("It is spent.")
    if messages[-1].text == "spend":
        call = {"name": "spend", "args": {}, "id": f"call-{len(messages)}"}
        return AIMessage("I will.", tool_calls=[call])
    return AIMessage("Hello.")


@pytest.mark.parametrize(("family", "point"), EACH)
async def test_a_killed_turn_is_resumed_and_its_effect_happens_once(
    graves: Callable[[str], Path], open_talk: Open, family: str, point: str
) -> None:
    root = graves(family)
    home = root / point
    shared = settings_of(family, root).model_dump(include=SHARED)
    talk = open_talk(script, [spending(home)], home=home, **shared)
    events = await talk.say("hello", message_id="m2", thread_id=point)

    assert isinstance(events[-1], Done)
    messages = await talk.messages(point)
    people = [m.text for m in messages if isinstance(m, HumanMessage)]
    assert people == ["spend", "hello"]
    assert messages[-1].text == "Hello."
    if point in NOT_TAKEN[family]:  # both are answered together
        assert attempts(home, "attempts") == []
        return
    assert attempts(home, "effects") == ["call-2"]
    assert len(attempts(home, "attempts")) <= 2
    assert [m.text for m in messages if isinstance(m, ToolMessage)] == ["spent"]
    assert [m.text for m in messages if isinstance(m, AIMessage)][:2] == ["I will.", "It is spent."]
