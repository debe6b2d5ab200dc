"""LangGraph's RemoteGraph takes the assistant for a graph."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import PermissionDeniedError

from tests.integration.api.protocol.conftest import ANA, Served

IN_T: Any = {"configurable": {"thread_id": "t"}}


@pytest.fixture
async def graph(door: Served) -> AsyncIterator[RemoteGraph]:
    with get_sync_client(url=door[0], api_key=ANA) as sync_client:
        async with get_client(url=door[0], api_key=ANA) as client:
            yield RemoteGraph("assetql", client=client, sync_client=sync_client)


async def test_a_conversation(graph: RemoteGraph) -> None:
    values: Any = graph.invoke({"messages": [HumanMessage("Hello")]}, IN_T)
    assert [m["type"] for m in values["messages"]] == ["human", "ai"]
    asking = {
        "messages": [{"role": "user", "content": "Make a list of 3 potions: red, green, blue"}]
    }
    updates = list(graph.stream(asking, IN_T, stream_mode="updates"))
    (interrupt,) = updates[-1]["__interrupt__"]
    state = graph.get_state(IN_T)
    assert state.interrupts[0].id == interrupt["id"]
    assert graph.get_state(state.config).values == state.values
    (newest,) = graph.get_state_history(IN_T)
    assert newest.values == state.values
    answer = Command(resume={"approval_id": interrupt["id"], "decision": "approve"})
    output: Any = await graph.ainvoke(answer, IN_T, version="v2")
    assert output.interrupts == ()
    parts: Any = graph.astream({"messages": [HumanMessage("Thanks")]}, IN_T, stream_mode="messages")
    spoken = [m["content"] async for m, about in parts if about["langgraph_node"] == "model"]
    last = (await graph.aget_state(IN_T)).values["messages"][-1]
    assert "".join(spoken) == last["content"]


async def test_a_node_of_another_graph(graph: RemoteGraph) -> None:
    assert {"model", "tools"} <= set((await graph.aget_graph()).nodes)
    builder = StateGraph(MessagesState)
    builder.add_node("assetql", graph)
    builder.add_edge(START, "assetql")
    whole = builder.compile()
    state = await whole.ainvoke({"messages": [HumanMessage("Hello")]})
    assert [message.type for message in state["messages"]][-1] == "ai"


async def test_states_are_not_written(graph: RemoteGraph) -> None:
    graph.invoke({"messages": [HumanMessage("Hello")]}, IN_T)
    with pytest.raises(PermissionDeniedError, match="what people say"):
        graph.update_state(IN_T, {"messages": []})
