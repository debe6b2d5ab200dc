"""An approval shows as an interrupt, and is answered by resuming with its id, once."""

from typing import Any

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from assetql.domain.batch import BatchStatus
from assetql.domain.identity import Principal, Role
from assetql.pipeline.batch_status import get_batch, report_batch
from tests.integration.api.protocol.conftest import ANA, BO, RIVAL, Served
from tests.integration.api.protocol.test_sdk import says

OWNER = Principal("studio", "ana", frozenset({Role.OWNER}))


def asked(client: SyncLangGraphClient, thread_id: str) -> dict[str, Any]:
    """The approval that the thread waits for."""
    client.runs.wait(
        thread_id,
        "assetql",
        input=says("Make a list of 3 potions: red, green, blue"),
        if_not_exists="create",
    )
    (waiting,) = client.threads.get_state(thread_id)["interrupts"]
    return waiting["value"]


def answer(approval_id: str, decision: str = "approve") -> Any:
    return {"resume": {"approval_id": approval_id, "decision": decision}}


def refused(status: int) -> Any:
    return pytest.raises(httpx.HTTPStatusError, match=str(status))


def test_an_approval_is_answered_once(door: Served, client: SyncLangGraphClient) -> None:
    card = asked(client, "t")
    thread = client.threads.get("t")
    assert thread["status"] == "interrupted"
    assert list(thread["interrupts"]) == [card["approval_id"]]
    (task,) = client.threads.get_state("t")["tasks"]
    assert task["interrupts"][0]["id"] == card["approval_id"]
    command = answer(card["approval_id"])
    values: Any = client.runs.wait("t", "assetql", command=command)
    told = values["messages"][-2]
    assert told["additional_kwargs"]["facts"]["status"] == "APPROVED"
    assert client.threads.get("t")["status"] == "idle"
    with refused(409):
        client.runs.wait("t", "assetql", command=command)
    with refused(409):
        client.runs.wait("t", "assetql", command=answer(card["approval_id"], "decline"))
    stores = door[1].services.stores
    batch = get_batch(card["batch_id"], caller=OWNER, stores=stores)
    assert report_batch(batch, stores=stores).status is BatchStatus.RUNNING


def test_who_may_not_answer_changes_nothing(door: Served, client: SyncLangGraphClient) -> None:
    card = asked(client, "t")
    client.threads.create(thread_id="other")
    command = answer(card["approval_id"])
    for key, thread_id, status in ((BO, "t", 403), (RIVAL, "t", 404), (ANA, "other", 404)):
        with get_sync_client(url=door[0], api_key=key) as caller, refused(status):
            caller.runs.wait(thread_id, "assetql", command=command)
    assert client.threads.get("t")["status"] == "interrupted"
    client.runs.wait("t", "assetql", command=answer(card["approval_id"], "decline"))
    assert client.threads.get("t")["status"] == "idle"
    with refused(409):
        client.runs.wait("t", "assetql", command=command)
