"""SIGKILL at every step of a turn: the next process goes on where it stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, InjectedToolCallId, tool

from agent.events import Done

ROOT = Path(__file__).parents[3]
WRITES = 10  # checkpoints, task writes and the pruning of the turn that dies
POINTS = [
    *(f"before write {n}" for n in range(1, WRITES + 1)),
    f"after write {WRITES}",
    "first call of the model",
    "before the effect",
    "after the effect",
    "second call of the model",
]


@pytest.fixture(scope="module")
def graves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home per point, left behind by a process that died there."""
    root = tmp_path_factory.mktemp("graves")
    script = Path(__file__).with_name("dying_process.py")
    ended = subprocess.run(
        [sys.executable, str(script), str(root), *POINTS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    signals = dict(line.split("\t") for line in ended.stdout.splitlines())
    assert signals == {point: str(int(signal.SIGKILL)) for point in POINTS}
    return root


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


@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_turn_is_resumed_and_its_effect_happens_once(
    graves: Path, open_talk: Callable[..., Any], point: str
) -> None:
    home = graves / point
    talk = open_talk(script, [spending(home)], home=home)
    events = await talk.say("hello", message_id="m2")

    assert isinstance(events[-1], Done)
    messages = await talk.messages()
    people = [m.text for m in messages if isinstance(m, HumanMessage)]
    assert people == ["spend", "hello"]
    assert messages[-1].text == "Hello."
    if point in {"before write 1", "before write 2"}:  # not taken yet: both are answered together
        assert attempts(home, "attempts") == []
        return
    assert attempts(home, "effects") == ["call-2"]
    assert len(attempts(home, "attempts")) <= 2
    assert [m.text for m in messages if isinstance(m, ToolMessage)] == ["spent"]
    assert [m.text for m in messages if isinstance(m, AIMessage)][:2] == ["I will.", "It is spent."]
