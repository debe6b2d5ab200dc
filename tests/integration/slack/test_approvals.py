"""One approval, whoever answers it and wherever: once, and the message that asked shows it."""

import asyncio
from pathlib import Path

from agent.events import ChatEvent, Notice, chat_events
from agent.services import open_agent
from agent.turn import run_turn
from assetql.domain.approval import ApprovalStatus
from assetql.domain.identity import Principal, Role
from assetql.pipeline.approve import answer_approval
from tests.support.homes import open_home
from tests.support.slack.people import button_of, buttons_of, until
from tests.support.slack.served import Serve, Served, settled
from tests.support.slack.server import Slack
from tests.support.slack.workspace import Message

BEN = Principal("default", "ben", frozenset({Role.APPROVER}))


def asked(served: Served, user: str = "U1") -> tuple[Message, str]:
    """A question in a thread, and its approval."""
    thread = served.person(user).says("I need 2 health potions, 128x128")
    (question,) = until(
        lambda: [m for m in served.slack.thread("D1", thread) if "approve:0" in buttons_of(m)]
    )
    return question, str(button_of(question, "approve:0")["value"])


def answer(served: Served, approval_id: str, *, approve: bool) -> None:
    """As another door would."""
    services = served.services
    answer_approval(
        approval_id, approve=approve, caller=BEN, stores=services.stores, clock=services.clock
    )


async def take_up(home: Path, thread_id: str) -> list[ChatEvent]:
    """A turn in the thread by another door, in another process."""
    with open_home(home) as services:
        agent = open_agent(services)
        parts = run_turn(agent, caller=BEN, thread_id=thread_id, message=None)
        events = [event async for event in chat_events(parts)]
        agent.close()
    return events


def status_of(served: Served, approval_id: str) -> ApprovalStatus:
    approval = served.services.stores.approvals.get("default", approval_id)
    assert approval is not None
    return approval.status


def test_answered_elsewhere_the_message_shows_it_and_the_thread_is_told(served: Served) -> None:
    question, approval_id = asked(served)
    answer(served, approval_id, approve=True)
    until(lambda: "Approved by ben" in question.everything)
    assert buttons_of(question) == []
    thread = question.thread_ts or ""
    until(lambda: len(served.slack.thread("D1", thread)) == 3)


def test_declined_in_slack_nothing_starts(served: Served) -> None:
    question, approval_id = asked(served)
    served.person().presses(question, "decline:0")
    until(lambda: "Declined by <@U1>" in question.everything)
    assert status_of(served, approval_id) is ApprovalStatus.DECLINED


def test_a_late_press_changes_nothing_and_is_told(served: Served) -> None:
    question, approval_id = asked(served)
    answer(served, approval_id, approve=False)
    served.person().presses(question, "approve:0", value=approval_id)
    (told,) = until(lambda: served.slack.whispers("U1"))
    assert "already declined by ben" in told.text
    assert status_of(served, approval_id) is ApprovalStatus.DECLINED
    until(lambda: "Declined by ben" in question.everything)


def test_two_people_press_at_once_and_one_is_told(served: Served) -> None:
    question, approval_id = asked(served)
    served.person("U1").commands("grant <@U2|ben> approver")
    until(lambda: served.slack.whispers("U1"))
    served.person("U2").presses(question, "decline:0", value=approval_id)
    served.person("U1").presses(question, "approve:0", value=approval_id)
    until(lambda: "Approved" in question.everything or "Declined" in question.everything)
    until(lambda: len(served.slack.whispers("U1")) + len(served.slack.whispers("U2")) == 2)


def test_who_may_not_approve_changes_nothing_and_is_told(served: Served) -> None:
    question, approval_id = asked(served, "U3")
    served.person("U3").presses(question, "approve:0")
    (told,) = until(lambda: served.slack.whispers("U3"))
    assert "may not approve" in told.text
    assert status_of(served, approval_id) is ApprovalStatus.PENDING
    assert buttons_of(question) == ["approve:0", "decline:0"]


def test_a_typed_yes_counts_as_an_answer(served: Served) -> None:
    question, _ = asked(served)
    served.person().says("yes, go ahead", question.thread_ts)
    until(lambda: "Approved by <@U1>" in question.everything)


def test_what_another_door_took_up_is_shown_where_it_was_asked(
    serve: Serve, slack: Slack, tmp_path: Path
) -> None:
    with serve(poll_seconds=3) as served:
        question, approval_id = asked(served)
        until(lambda: settled(served))
        answer(served, approval_id, approve=True)
        served.make_images()
        thread = question.thread_ts or ""
        events = asyncio.run(take_up(tmp_path / "home", f"slack-T1-D1-{thread}"))
        assert [event for event in events if isinstance(event, Notice)]
        until(lambda: [m for m in slack.thread("D1", thread) if "vary:0" in buttons_of(m)])
        ended = [m for m in slack.thread("D1", thread) if "has ended: READY" in m.everything]
        assert len(ended) == 1
    assert slack.refused == []
