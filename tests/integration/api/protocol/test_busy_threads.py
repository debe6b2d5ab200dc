"""Two clients at once, runs that are cut off, connections that drop, processes that restart."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any

import httpx
import pytest
from langchain_core.tools import BaseTool, tool
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient
from langgraph_sdk.errors import ConflictError, NotFoundError

from agent.scripted import ScriptedModel
from integrations.api.protocol.run_records import Run, RunRecords
from tests.integration.agent.talking import asks, echo, once
from tests.integration.api.protocol.conftest import ANA, Serve
from tests.integration.api.protocol.test_sdk import says


def slowly(messages: Any) -> Any:
    """Calls the tool that waits for who says so, and echoes anybody else."""
    return once("wait")(messages) if asks(messages) == "Wait" else echo(messages)


@dataclass
class Held:
    """A tool that waits, in the server's thread, until the test lets it go on."""

    entered: Event = field(default_factory=Event)
    open: Event = field(default_factory=Event)

    @property
    def agent(self) -> dict[str, Any]:
        return {"model": ScriptedModel(script=slowly), "tools": [self.tool()]}

    def tool(self) -> BaseTool:
        @tool
        async def wait() -> str:
            """Waits."""
            self.entered.set()
            while not self.open.is_set():
                await asyncio.sleep(0.005)
            return "waited"

        return wait


@pytest.fixture
def held() -> Held:
    return Held()


def until(true: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def waiting(client: SyncLangGraphClient, held: Held) -> Any:
    """A run that is in the middle of its turn."""
    run = client.runs.create("t", "assetql", input=says("Wait"), if_not_exists="create")
    assert held.entered.wait(10)
    return run


def said(values: Any) -> list[str]:
    return [m["content"] for m in values["messages"] if m["type"] == "human"]


def test_two_clients_at_once(serve: Serve, held: Held) -> None:
    with serve(**held.agent) as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        first = waiting(client, held)
        assert client.threads.get("t")["status"] == "busy"
        with pytest.raises(ConflictError, match="nothing was stored"):
            client.runs.create("t", "assetql", input=says("Rejected"), multitask_strategy="reject")
        with pytest.raises(ConflictError, match="runs under way"):
            client.threads.delete("t")
        with pytest.raises(ConflictError, match="under way"):
            client.runs.delete("t", first["run_id"])
        queued = client.runs.create(
            "t", "assetql", input=says("Queued"), multitask_strategy="enqueue"
        )
        assert {run["status"] for run in client.runs.list("t")} <= {"pending", "running"}
        held.open.set()
        values = client.runs.join("t", queued["run_id"])
        assert said(values) == ["Wait", "Queued"]
        assert values["messages"][-1]["content"] == "You said Queued."
        assert [run["status"] for run in client.runs.list("t")] == ["success", "success"]
        alone = client.runs.wait("t", "assetql", input=says("Now"), multitask_strategy="reject")
        assert said(alone) == ["Wait", "Queued", "Now"]


def test_a_cancelled_run_leaves_the_thread_usable(serve: Serve, held: Held) -> None:
    with serve(**held.agent) as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        run = waiting(client, held)
        client.runs.cancel("t", run["run_id"], wait=True)
        assert client.runs.get("t", run["run_id"])["status"] == "interrupted"
        with pytest.raises(ConflictError, match="has ended"):
            client.runs.cancel("t", run["run_id"])
        values = client.runs.wait("t", "assetql", input=says("Go on"))
        assert said(values) == ["Wait", "Go on"]
        assert client.threads.get("t")["status"] == "idle"


def test_a_dropped_connection_is_taken_up_again(serve: Serve, held: Held) -> None:
    body = {"assistant_id": "assetql", "input": says("Wait"), "stream_mode": ["updates", "values"]}
    with serve(**held.agent) as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        client.threads.create(thread_id="t")
        with (
            httpx.Client(base_url=address, headers={"x-api-key": ANA}) as http,
            http.stream("POST", "/threads/t/runs/stream", json=body) as answer,
        ):
            where = answer.headers["Location"]
            seen = ""
            for line in answer.iter_lines():
                seen = line.removeprefix("id: ") if line.startswith("id: ") else seen
                if seen.isdigit() and int(seen) > 1:
                    break
        assert held.entered.wait(10)
        run_id = where.split("/")[-2]
        assert client.runs.get("t", run_id)["status"] == "running"
        held.open.set()
        parts = list(client.runs.join_stream("t", run_id, last_event_id=seen))
        assert parts[-1].event == "end"
        assert said(parts[-2].data) == ["Wait"]
        assert min(int(part.id or 0) for part in parts) > int(seen)
        everything = list(client.runs.join_stream("t", run_id, last_event_id="-1"))
        assert everything[0].event == "metadata"
        assert everything[-len(parts) :] == parts


def test_a_client_that_goes_away_may_end_its_run(serve: Serve, held: Held) -> None:
    body = {"assistant_id": "assetql", "input": says("Wait"), "on_disconnect": "cancel"}
    with serve(**held.agent) as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        client.threads.create(thread_id="t")
        with (
            httpx.Client(base_url=address, headers={"x-api-key": ANA}) as http,
            http.stream("POST", "/threads/t/runs/stream", json=body),
        ):
            assert held.entered.wait(10)
        until(lambda: client.runs.list("t")[0]["status"] == "interrupted")


def test_a_background_run_is_drained_at_shutdown(serve: Serve) -> None:
    slow = ScriptedModel(script=echo, first_token=0.3)
    with (
        serve(model=slow, tools=[]) as (address, _),
        get_sync_client(url=address, api_key=ANA) as client,
    ):
        run = client.runs.create("t", "assetql", input=says("Hello"), if_not_exists="create")
    with serve() as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        assert client.runs.get("t", run["run_id"])["status"] == "success"
        state: Any = client.threads.get_state("t")
        assert len(state["values"]["messages"]) == 2


def test_a_restart_keeps_threads_and_runs(serve: Serve) -> None:
    with serve() as (address, agent), get_sync_client(url=address, api_key=ANA) as client:
        run = client.runs.create("t", "assetql", input=says("Hello"), if_not_exists="create")
        values = client.runs.join("t", run["run_id"])
        now = agent.services.clock.now() - timedelta(minutes=5)
        lost = Run(workspace="studio", thread_id="t", run_id="lost", created_at=now, updated_at=now)
        RunRecords(agent.services.stores.doors).add(lost)
    with serve() as (address, _), get_sync_client(url=address, api_key=ANA) as client:
        assert client.threads.get_state("t")["values"] == values
        assert client.runs.get("t", run["run_id"])["status"] == "success"
        assert client.runs.join("t", run["run_id"]) == values
        parts = list(client.runs.join_stream("t", run["run_id"], last_event_id="3"))
        assert [part.event for part in parts] == ["values", "end"]
        assert client.runs.get("t", "lost")["status"] == "error"
        how: Any = client.runs.join("t", "lost")
        assert how["__error__"]["error"] == "process_ended"
        client.threads.delete("t")
        with pytest.raises(NotFoundError):
            client.runs.list("t")
