"""How far a long tool has come is told while it works."""

import pytest

from agent.events import Done, ToolFinished, ToolProgress, ToolStarted
from agent.langchain_tools import langchain_tool
from agent.tools import progress
from agent.tools.artifacts import Answer, answer
from agent.tools.facts import ExportFacts
from agent.tools.operation import Call, Effect, operation
from tests.integration.agent.talking import Open, once


@operation(Effect.READS, tells=ExportFacts)
def pack(call: Call) -> Answer:
    """Pack three assets."""
    for done in range(3):
        call.progress(done + 1, 3)
    return answer({}, {"kind": "packed"})


async def test_steps_of_a_tool_are_told_between_its_start_and_its_end(
    open_talk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PAUSE", 0)
    events = await open_talk(once("pack"), [langchain_tool(pack)]).say("pack them")
    [started] = [event for event in events if isinstance(event, ToolStarted)]
    at = events.index(started)
    assert events[at + 1 : at + 4] == [
        ToolProgress(started.call_id, "assets", done, 3) for done in (1, 2, 3)
    ]
    assert isinstance(events[at + 4], ToolFinished)


async def test_a_short_one_is_not_followed(open_talk: Open) -> None:
    events = await open_talk(once("pack"), [langchain_tool(pack)]).say("pack them")
    assert isinstance(events[-1], Done)
    assert not [event for event in events if isinstance(event, ToolProgress)]
