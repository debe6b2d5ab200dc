"""The unmodified langgraph-sdk talks with the assistant."""

from typing import Any

import pytest
from httpx import HTTPStatusError
from langgraph_sdk import get_client
from langgraph_sdk.client import SyncLangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError

from integrations.api.protocol.assistant import ASSISTANT_ID
from tests.integration.api.protocol.conftest import ANA, Served


def says(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text, **more}]}


def test_a_run_that_is_waited_for(client: SyncLangGraphClient) -> None:
    thread = client.threads.create(metadata={"game": "potions"})
    assert (thread["status"], thread["values"]) == ("idle", {"messages": []})
    values: Any = client.runs.wait(thread["thread_id"], "assetql", input=says("Hello"))
    human, reply = values["messages"]
    assert (human["type"], human["content"]) == ("human", "Hello")
    assert reply["type"] == "ai"
    assert "offline planner" in reply["content"]
    state: Any = client.threads.get_state(thread["thread_id"])
    assert state["values"] == values
    assert client.threads.get(thread["thread_id"])["metadata"] == {"game": "potions"}


def test_a_stream_in_every_mode(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    created: list[Any] = []
    parts = list(
        client.runs.stream(
            thread_id,
            ASSISTANT_ID,
            input=says("Make a list of 3 potions: red, green, blue"),
            stream_mode=["values", "updates", "messages-tuple", "custom"],
            on_run_created=created.append,
        )
    )
    assert parts[0].event == "metadata"
    assert parts[-1].event == "end"
    assert created == [{"run_id": parts[0].data["run_id"], "thread_id": thread_id}]
    values = [part.data for part in parts if part.event == "values"]
    state: Any = client.threads.get_state(thread_id)
    assert values[-1]["messages"] == state["values"]["messages"]
    assert "__interrupt__" in values[-1]
    chunks = [p.data for p in parts if p.event == "messages"]
    spoken = "".join(c["content"] for c, about in chunks if about["langgraph_node"] == "model")
    last = values[-1]["messages"][-1]
    assert spoken == last["content"]
    assert chunks[-1][0]["id"] == last["id"]
    updates = [p.data for p in parts if p.event == "updates"]
    assert [name for update in updates for name in update] == [
        "model",
        "tools",
        "model",
        "tools",
        "model",
        "__interrupt__",
    ]
    (asked,) = [p.data for p in parts if p.event == "custom"]
    assert asked["event"] == "approval"
    assert asked["approval"]["approval_id"] == updates[-1]["__interrupt__"][0]["id"]


def test_a_background_run_is_joined_listed_and_deleted(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    run = client.runs.create(thread_id, "assetql", input=says("Hello"), metadata={"n": 1})
    values: Any = client.runs.join(thread_id, run["run_id"])
    assert [message["type"] for message in values["messages"]] == ["human", "ai"]
    kept = client.runs.get(thread_id, run["run_id"])
    assert (kept["status"], kept["metadata"]) == ("success", {"n": 1})
    assert client.runs.list(thread_id) == [kept]
    assert client.runs.list(thread_id, status="error") == []
    assert [part.event for part in client.runs.join_stream(thread_id, run["run_id"])] == [
        "values",
        "end",
    ]
    client.runs.delete(thread_id, run["run_id"])
    with pytest.raises(NotFoundError, match=run["run_id"]):
        client.runs.get(thread_id, run["run_id"])
    assert client.runs.list(thread_id) == []


def test_threads_are_found_noted_upon_and_deleted(client: SyncLangGraphClient) -> None:
    first = client.threads.create(thread_id="mine", metadata={"game": "potions"})
    with pytest.raises(ConflictError, match="exists"):
        client.threads.create(thread_id="mine")
    assert client.threads.create(thread_id="mine", if_exists="do_nothing") == first
    client.threads.create(thread_id="other")
    client.runs.wait("other", "assetql", input=says("Hello"))
    noted = client.threads.update("mine", metadata={"level": 2})
    assert noted["metadata"] == {"game": "potions", "level": 2}
    assert client.threads.search(metadata={"level": 2}) == [noted]
    newest = client.threads.search(sort_by="created_at", sort_order="desc", status="idle")
    assert [thread["thread_id"] for thread in newest] == ["other", "mine"]
    assert (client.threads.count(), client.threads.count(metadata={"level": 3})) == (2, 0)
    client.threads.delete("other")
    for call in (client.threads.get, client.threads.get_state, client.threads.delete):
        with pytest.raises(NotFoundError, match="other"):
            call("other")
    with pytest.raises(ConflictError, match="deleted"):
        client.threads.create(thread_id="other", if_exists="do_nothing")
    assert [thread["thread_id"] for thread in client.threads.search()] == ["mine"]


def test_the_assistant(client: SyncLangGraphClient) -> None:
    (found,) = client.assistants.search(graph_id="assetql")
    assert found == client.assistants.get("assetql") == client.assistants.get(ASSISTANT_ID)
    assert (client.assistants.count(), client.assistants.count(name="other")) == (1, 0)
    schemas: Any = client.assistants.get_schemas("assetql")
    assert schemas["input_schema"]["required"] == ["messages"]
    graph: Any = client.assistants.get_graph("assetql")
    assert {"model", "tools"} <= {node["id"] for node in graph["nodes"]}
    with pytest.raises(NotFoundError, match="other"):
        client.assistants.get("other")
    with pytest.raises(HTTPStatusError, match="404"):
        client.runs.wait(None, "other", input=says("Hello"))


def test_a_run_without_a_thread_leaves_none(client: SyncLangGraphClient) -> None:
    values: Any = client.runs.wait(None, "assetql", input=says("Hello"))
    assert len(values["messages"]) == 2
    assert client.threads.count() == 0
    client.runs.wait(None, "assetql", input=says("Hello"), on_completion="keep")
    assert client.threads.count() == 1


async def test_the_asynchronous_client(door: Served) -> None:
    async with get_client(url=door[0], api_key=ANA) as client:
        thread_id = (await client.threads.create())["thread_id"]
        parts = [
            part
            async for part in client.runs.stream(
                thread_id, "assetql", input=says("Hello"), stream_mode="messages"
            )
        ]
        assert [part.event for part in parts][-2:] == ["messages/complete", "end"]
        said = parts[-2].data[0]["content"]
        run = await client.runs.create(thread_id, "assetql", input=says("Thanks"))
        values: Any = await client.runs.join(thread_id, run["run_id"])
        assert [m["content"] for m in values["messages"]][:3] == ["Hello", said, "Thanks"]
        assert len(await client.threads.get_history(thread_id)) == 1


def test_the_same_message_id_is_the_same_message(client: SyncLangGraphClient) -> None:
    thread_id = client.threads.create()["thread_id"]
    once = client.runs.wait(thread_id, "assetql", input=says("Hello", id="m1"))
    again = client.runs.wait(thread_id, "assetql", input=says("Hello", id="m1"))
    assert again == once
    several: dict[str, Any] = {
        "messages": [{"type": "human", "content": t} for t in ("Thank", "you")]
    }
    values: Any = client.runs.wait(thread_id, "assetql", input=several)
    assert [m["content"] for m in values["messages"][2:3]] == ["Thank\n\nyou"]
