"""An approval asked at one door is answered at another, once; what came of it goes back."""

from typing import Any

import httpx2
from langgraph_sdk.client import SyncLangGraphClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from assetql.domain.approval import ApprovalStatus
from assetql.domain.identity import Role
from tests.integration.doors.conftest import WORKSPACE, Doors
from tests.support.slack.people import button_of, buttons_of, until
from tests.support.slack.workspace import Message

ASK = "I need 2 health potions, 128x128"


def asked_in_slack(doors: Doors) -> tuple[Message, str]:
    thread = doors.person().says(ASK)
    (question,) = until(
        lambda: [m for m in doors.slack.thread("D1", thread) if "approve:0" in buttons_of(m)]
    )
    return question, str(button_of(question, "approve:0")["value"])


def status_of(doors: Doors, approval_id: str) -> ApprovalStatus:
    approval = doors.services.stores.approvals.get(WORKSPACE, approval_id)
    assert approval
    return approval.status


def test_asked_in_slack_answered_over_http(doors: Doors) -> None:
    question, approval_id = asked_in_slack(doors)
    approver, viewer = doors.key(Role.APPROVER), doors.key(Role.VIEWER)
    stranger = doors.key(Role.OWNER, workspace="elsewhere")
    assert doors.answers(approval_id, "approve", stranger).status_code == 404
    forbidden = doors.answers(approval_id, "approve", viewer)
    assert forbidden.status_code == 403
    assert "approver" in forbidden.json()["remedy"]
    assert status_of(doors, approval_id) is ApprovalStatus.PENDING
    assert doors.answers(approval_id, "approve", approver).status_code == 200
    again = doors.answers(approval_id, "decline", approver)
    assert again.status_code == 409
    assert "already approved" in again.json()["detail"]
    until(lambda: "Approved by" in question.everything)
    assert buttons_of(question) == []
    doors.person().presses(question, "decline:0", value=approval_id)
    (told,) = until(lambda: doors.slack.whispers("U1"))
    assert "already approved" in told.text
    doors.make_images()
    thread = question.thread_ts or ""
    until(lambda: "2 READY" in " ".join(m.everything for m in doors.slack.thread("D1", thread)))
    assert status_of(doors, approval_id) is ApprovalStatus.APPROVED


def asked_over_http(client: SyncLangGraphClient) -> str:
    said: dict[str, Any] = {"messages": [{"role": "user", "content": ASK}]}
    client.runs.wait("t", "assetql", input=said, if_not_exists="create")
    state: Any = client.threads.get_state("t")
    (waiting,) = state["interrupts"]
    return str(waiting["value"]["approval_id"])


def press_at_home(doors: Doors, approval_id: str) -> None:
    """Approves in the app's Home."""
    person = doors.person()
    person.send_event({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"})
    (view,) = until(lambda: doors.slack.world.views)
    elements = [each for block in view["blocks"] for each in block.get("elements", [])]
    approve = next(
        each
        for each in elements
        if each.get("value") == approval_id and each["action_id"].startswith("approve")
    )
    action = {"action_id": approve["action_id"], "value": approval_id}
    home = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "view": {"id": "V1"}}
    person.interacts({"type": "block_actions", "trigger_id": "1", "actions": [action], **home})


def test_asked_over_http_answered_in_slack(doors: Doors) -> None:
    with doors.sdk(Role.EDITOR) as client:
        approval_id = asked_over_http(client)
        press_at_home(doors, approval_id)
        until(lambda: status_of(doors, approval_id) is ApprovalStatus.APPROVED)
        assert doors.answers(approval_id, "approve", doors.key(Role.APPROVER)).status_code == 409
        doors.make_images()
        client.runs.wait("t", "assetql", input=None)
        state: Any = client.threads.get_state("t")
        told = state["values"]["messages"]
        notices = [m["content"] for m in told if "Notice from AssetQL" in str(m["content"])]
        assert any("APPROVED" in notice or "approved" in notice for notice in notices)
        assert any("has ended" in notice for notice in notices)
        assert not [m for m in doors.slack.world.messages if "has ended" in m.everything]


async def test_asked_over_mcp_answered_over_http(doors: Doors) -> None:
    headers = {"Authorization": f"Bearer {doors.key(Role.EDITOR)}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{doors.address}/mcp", http_client=http)
        async with Client(transport) as opened:
            client: Any = opened
            drafted = await client.call_tool(
                "create_batch", {"items": [{"name": "Flask", "width": 128, "height": 128}]}
            )
            batch_id = drafted.structured_content["batch_id"]
            asked = await client.call_tool("generate", {"batch": batch_id})
            approval_id = asked.structured_content["approval_id"]
            assert asked.structured_content["status"] == "PENDING"
            approver = doors.key(Role.APPROVER)
            assert doors.answers(approval_id, "approve", approver).status_code == 200
            doors.make_images()
            after = await client.call_tool("batch_status", {"batch": batch_id})
            assert after.structured_content["counts"]["READY"] == 1
