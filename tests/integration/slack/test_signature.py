"""Slack's requests are told by their signature, before anything reads them."""

import json
import time

import httpx

from assetql.domain.door_record import RecordKind
from tests.support.slack.people import SECRET, signed
from tests.support.slack.served import Served

JSON = {"Content-Type": "application/json"}
HELLO = json.dumps({"type": "url_verification", "challenge": "abc"})


def forged() -> tuple[dict[str, str], ...]:
    """Headers that do not hold now."""
    return (
        {},
        signed(HELLO, secret="0" * 32),
        signed(HELLO + " "),
        signed(HELLO, at=time.time() - 600),
        signed(HELLO, at=time.time() + 600),
        {**signed(HELLO), "X-Slack-Request-Timestamp": "soon"},
        {**signed(HELLO), "X-Slack-Signature": "v0="},
        {"X-Slack-Request-Timestamp": str(int(time.time()))},
    )


def test_what_slack_did_not_sign_is_refused(served: Served) -> None:
    for path in ("events", "interactive", "commands"):
        for headers in forged():
            answer = served.http.post(
                f"{served.address}/slack/{path}", content=HELLO, headers={**JSON, **headers}
            )
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_what_is_unreadable_and_unsigned_is_refused(served: Served) -> None:
    for body in (b"{bad", b"\xff\xfe", b"payload=%7Bbad"):
        headers = {**JSON, **signed("else")}
        answer = served.http.post(f"{served.address}/slack/events", content=body, headers=headers)
        assert answer.status_code == 401


def test_slack_verifies_the_address(served: Served) -> None:
    answer = served.person().post("events", HELLO, "application/json")
    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})


def test_a_login_of_ours_does_not_stand_in_for_the_signature(served: Served) -> None:
    event = served.person().event({"type": "message", "text": "hi", "user": "U1"})
    answer: httpx.Response = served.http.post(
        f"{served.address}/slack/events", json=event, headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert answer.status_code == 401
    kept = served.services.stores.doors.page(
        "T1", RecordKind.SLACK_EVENT, now=served.services.clock.now()
    )
    assert kept.items == ()


def test_an_app_of_one_team_cannot_be_installed(served: Served) -> None:
    assert served.http.get(f"{served.address}/slack/install").status_code == 404
    assert served.http.get(f"{served.address}/slack/oauth_redirect").status_code == 404
