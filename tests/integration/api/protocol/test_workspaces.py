"""Another workspace's threads and runs are not found, by any route; other doors' threads are."""

from typing import Any

import httpx
from langgraph_sdk import get_sync_client

from agent.inbox import NewMessage, post_message
from assetql.domain.identity import Principal, Role
from tests.integration.api.protocol.conftest import ANA, RIVAL, VIEWER, Served
from tests.integration.api.protocol.test_sdk import says

RUN = {"assistant_id": "assetql", "input": says("Hello")}


def test_another_workspace_finds_nothing(door: Served) -> None:
    with get_sync_client(url=door[0], api_key=ANA) as client:
        run = client.runs.create("t", "assetql", input=says("Hello"), if_not_exists="create")
        client.runs.join("t", run["run_id"])
        before = client.threads.get("t")
    one, run_path = "/threads/t", f"/threads/t/runs/{run['run_id']}"
    calls: list[tuple[str, str, Any]] = [
        ("GET", one, None),
        ("PATCH", one, {"metadata": {"a": 1}}),
        ("DELETE", one, None),
        ("GET", f"{one}/state", None),
        ("GET", f"{one}/state/some", None),
        ("POST", f"{one}/state/checkpoint", {"checkpoint": {"thread_id": "t"}}),
        ("GET", f"{one}/history", None),
        ("POST", f"{one}/history", {}),
        ("POST", f"{one}/runs", RUN),
        ("POST", f"{one}/runs/wait", RUN),
        ("POST", f"{one}/runs/stream", RUN),
        ("GET", f"{one}/runs", None),
        ("GET", run_path, None),
        ("GET", f"{run_path}/join", None),
        ("GET", f"{run_path}/stream", None),
        ("POST", f"{run_path}/cancel", None),
        ("DELETE", run_path, None),
    ]
    with httpx.Client(base_url=door[0], headers={"x-api-key": RIVAL}) as http:
        for method, path, body in calls:
            assert http.request(method, path, json=body).status_code == 404, (method, path)
        assert http.post("/threads/search", json={}).json() == []
        http.post("/threads", json={"thread_id": "t"}).raise_for_status()
        for method, path, body in calls[12:]:
            assert http.request(method, path, json=body).status_code == 404, (method, path)
    with get_sync_client(url=door[0], api_key=ANA) as client:
        assert client.threads.get("t") == before
    with httpx.Client(base_url=door[0], headers={"x-api-key": VIEWER}) as http:
        assert http.delete("/threads/t").status_code == 403


def test_a_thread_of_another_door_is_found(door: Served) -> None:
    address, agent = door
    services = agent.services
    post_message(
        NewMessage(message_id="m1", text="Hello"),
        thread_id="terminal",
        caller=Principal("studio", "ana", frozenset({Role.OWNER})),
        stores=services.stores,
        clock=services.clock,
    )
    with get_sync_client(url=address, api_key=ANA) as client:
        assert [thread["thread_id"] for thread in client.threads.search()] == ["terminal"]
        client.runs.wait("terminal", "assetql", input=None)
        thread: Any = client.threads.get("terminal")
        assert len(thread["values"]["messages"]) == 2
        assert client.threads.update("terminal", metadata={"a": 1})["metadata"] == {"a": 1}
        client.threads.delete("terminal")
    assert services.stores.inbox.threads("studio") == ()


def test_the_contract_of_agentcore(door: Served) -> None:
    session = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
    with httpx.Client(base_url=door[0], headers={"x-api-key": ANA}) as http:
        assert http.get("/ping").json()["status"] == "Healthy"
        first = http.post("/invocations", json={"prompt": "Hello"})
        assert "offline planner" in first.json()["response"]
        thread_id = first.headers[session]
        assert first.json()["session_id"] == thread_id
        again = http.post(
            "/invocations",
            json={"input": says("Thanks")},
            headers={session: thread_id, "Accept": "text/event-stream"},
        )
        assert again.headers["content-type"].startswith("text/event-stream")
        assert '"event": "token"' in again.text
        assert '"event": "done"' in again.text
        assert len(http.get(f"/threads/{thread_id}/state").json()["values"]["messages"]) == 4
        for wrong in ({}, {"prompt": "a", "input": "b"}, {"prompt": "a", "actor": "eve"}):
            assert http.post("/invocations", json=wrong).status_code == 422


def test_a_viewer_notes_nothing_upon_threads(door: Served) -> None:
    with httpx.Client(base_url=door[0]) as http:
        sent = {"thread_id": "t", "metadata": {"of": "ana"}}
        http.post("/threads", json=sent, headers={"x-api-key": ANA}).raise_for_status()
        note = {"metadata": {"of": "vi"}}
        assert http.patch("/threads/t", json=note, headers={"x-api-key": VIEWER}).status_code == 403
        kept = http.get("/threads/t", headers={"x-api-key": ANA}).json()
        assert kept["metadata"]["of"] == "ana"


def test_a_thread_may_have_any_letters(door: Served) -> None:
    with httpx.Client(base_url=door[0], headers={"x-api-key": ANA}) as http:
        answer = http.post("/threads/日本/runs/wait", json={**RUN, "if_not_exists": "create"})
        assert answer.status_code == 200
        place = answer.headers["content-location"]
        assert http.get(place).json()["thread_id"] == "日本"
