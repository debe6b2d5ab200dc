"""What Slack sends twice is done once; what a process leaves behind is done by the next."""

import json
from datetime import timedelta
from typing import Any

from langchain_core.messages import AIMessage

from agent.scripted import ScriptedModel
from assetql.domain.door_record import RecordKind
from tests.contract.values import ManualClock
from tests.support.slack.people import buttons_of, until
from tests.support.slack.served import Serve, Served, settled
from tests.support.slack.server import Slack


def test_redelivery_and_replay_act_once(served: Served) -> None:
    ana = served.person()
    event = ana.message("I need 2 health potions, 128x128")
    body = json.dumps(ana.event(event))
    first = ana.post("events", body, "application/json")
    again = ana.post("events", body, "application/json", **{"X-Slack-Retry-Num": "1"})
    assert (first.status_code, again.status_code) == (200, 200)
    until(lambda: settled(served))
    ana.post("events", body, "application/json", **{"X-Slack-Retry-Num": "2"})
    ana.send_event(event)  # under another event id: it is the same message all the same
    until(lambda: settled(served))
    assert len(served.slack.thread("D1", event["ts"])) == 2
    assert len(served.services.stores.batches.page("default").items) == 1


def test_a_replayed_press_acts_once(served: Served) -> None:
    slack, ana = served.slack, served.person()
    thread = ana.says("I need 2 health potions, 128x128")
    (question,) = until(
        lambda: [m for m in slack.thread("D1", thread) if "approve:0" in buttons_of(m)]
    )
    pressed = ana.press(question, "approve:0", "apr_x")
    pressed["actions"][0]["value"] = question.blocks[1]["elements"][0]["value"]
    assert {ana.interacts(pressed).status_code for _ in range(3)} == {200}
    until(lambda: "Approved" in question.everything)
    until(lambda: settled(served))
    assert slack.whispers("U1") == []


NOT_HEARD: tuple[dict[str, Any], ...] = (
    {"bot_id": "B1"},
    {"bot_id": "B9", "subtype": "bot_message"},
    {"user": "UBOT1"},
    {"subtype": "message_changed", "message": {"text": "x", "user": "U1"}},
    {"subtype": "message_deleted"},
    {"channel_type": "channel"},
    {"user_team": "T2"},
    {"team": "E7", "source_team": "E7"},
)


def test_bots_and_strangers_are_not_heard(served: Served) -> None:
    ana = served.person()
    for changes in NOT_HEARD:
        answer = ana.send_event({**ana.message("I need 2 potions, 128x128"), **changes})
        assert answer.status_code == 200
    assert served.services.stores.inbox.threads("default") == ()
    kept = served.services.stores.doors.page(
        "T1", RecordKind.SLACK_EVENT, now=served.services.clock.now()
    )
    assert kept.items == ()


def test_a_stranger_of_a_shared_channel_presses_nothing(served: Served) -> None:
    slack, ana = served.slack, served.person()
    thread = ana.says("I need 2 health potions, 128x128")
    (question,) = until(
        lambda: [m for m in slack.thread("D1", thread) if "approve:0" in buttons_of(m)]
    )
    until(lambda: settled(served))
    ana.presses(question, "approve:0", user={"id": "U1", "team_id": "T2"})
    assert buttons_of(question) == ["approve:0", "decline:0"]
    assert settled(served)


def test_what_a_process_left_behind_is_taken_up(serve: Serve, slack: Slack) -> None:
    def stuck(messages: Any) -> AIMessage:
        raise SystemError("the process dies here")

    clock = ManualClock()
    with serve(model=ScriptedModel(script=stuck), clock=clock) as served:
        thread = served.person().says("hello")
        until(lambda: slack.world.statuses)
    clock.advance(timedelta(minutes=5))
    with serve(clock=clock) as served:
        answered = until(lambda: [m for m in slack.thread("D1", thread) if not m.streaming])
        assert len(answered) == 1
        until(lambda: settled(served))


def test_what_kills_each_process_is_given_up(serve: Serve, slack: Slack) -> None:
    clock = ManualClock()
    slack.broken = {"chat.postMessage", "chat.startStream", "chat.postEphemeral"}
    for tries in (1, 2, 3):
        with serve(clock=clock) as served:
            if tries == 1:
                served.person().says("hello")
            until(lambda n=tries: len(slack.world.statuses) == n)
        clock.advance(timedelta(minutes=5))
    with serve(clock=clock) as served:
        until(lambda: settled(served))
    assert len(slack.world.statuses) == 3
