"""A model that says what no checkpoint can hold: the turn goes on."""

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from agent.events import Done, ToolFinished
from tests.integration.agent.talking import Open, assert_paired, look, once


@pytest.mark.parametrize("what", ["half \ud83d", 10**30, -(10**400), {"\udcff": ["\ud800"]}])
async def test_arguments_that_no_checkpoint_can_hold_are_answered(
    open_talk: Open, what: object
) -> None:
    talk = open_talk(once("look", what=what), [look])

    events = await talk.say("go")

    assert any(isinstance(event, ToolFinished) for event in events)
    assert isinstance(events[-1], Done)
    assert_paired(await talk.messages())


async def test_half_a_character_in_the_answer_is_replaced(open_talk: Open) -> None:
    def halves(messages: list[BaseMessage]) -> AIMessage:
        return AIMessage("Half \ud83d of it.")

    assert await open_talk(halves).reply("go") == "Half ? of it."
