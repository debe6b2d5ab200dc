"""Models that count their calls from anew in each message: each call has its own effect."""

from typing import Any

from langchain_core.messages import AIMessage, ToolMessage

from agent.langchain_tools import langchain_tool
from agent.tools.batches import create_batch
from tests.integration.agent.talking import Open, asks, call


def drafts(messages: Any) -> AIMessage:
    """Drafts one item, by the same call id each time."""
    if isinstance(messages[-1], ToolMessage):
        return AIMessage("Drafted.")
    return call("create_batch", "call_0", items=[{"name": asks(messages)}])


async def test_a_call_id_of_an_earlier_message_is_another_call(open_talk: Open) -> None:
    talk = open_talk(drafts, [langchain_tool(create_batch)])

    await talk.say("sword")
    await talk.say("shield")

    batches = talk.agent.services.stores.batches.page("default").items
    assert sorted(batch.name for batch in batches) == ["shield", "sword"]
