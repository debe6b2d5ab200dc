"""Teams that install the app, each in its own workspace: nothing of the other's is found."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from assetql.domain.identity import Principal, Role
from tests.support.slack.people import button_of, buttons_of, until
from tests.support.slack.served import Serve, Served
from tests.support.slack.server import Slack
from tests.support.slack.workspace import Message

BY_OAUTH: dict[str, Any] = {
    "slack_bot_token": None,
    "slack_client_id": "1.2",
    "slack_client_secret": "secret",
    "slack_owners": [],
    "public_url": "https://studio.example",
}
STUDIO = Principal("studio", "ana", frozenset({Role.OWNER}))
RIVAL = Principal("rival", "rob", frozenset({Role.OWNER}))
EDITOR = Principal("studio", "eve", frozenset({Role.EDITOR}))


def grant_of(team: str, token: str) -> dict[str, Any]:
    """What Slack hands out for a code."""
    return {
        "access_token": token,
        "token_type": "bot",
        "app_id": "A1",
        "bot_user_id": f"UBOT{team[1:]}",
        "scope": "chat:write",
        "team": {"id": team, "name": team},
        "authed_user": {"id": "U1"},
        "enterprise": None,
    }


def begin(served: Served) -> tuple[str, str]:
    """The state and the cookie of a browser that begins to install."""
    page = served.http.get(f"{served.address}/slack/install")
    assert page.status_code == 200, page.text
    cookie = page.headers["set-cookie"].partition(";")[0]
    (link,) = re.findall(r'href="(https://slack\.com/oauth/[^"]+)"', page.text)
    asked = parse_qs(urlsplit(html.unescape(link)).query)
    assert asked["redirect_uri"] == ["https://studio.example/slack/oauth_redirect"]
    assert cookie.endswith(asked["state"][0])
    return asked["state"][0], cookie


def come_back(served: Served, state: str, cookie: str, **query: str) -> httpx.Response:
    return served.http.get(
        f"{served.address}/slack/oauth_redirect",
        params={"state": state, **query},
        headers={"Cookie": cookie},
    )


def install(served: Served, team: str, token: str) -> httpx.Response:
    served.slack.world.installs["code"] = grant_of(team, token)
    return come_back(served, *begin(served), code="code")


def asked_in(served: Served, team: str) -> tuple[str, Message]:
    thread = served.person("U1", team).says("I need 2 health potions, 128x128")
    (question,) = until(
        lambda: [m for m in served.slack.thread("D1", thread, team) if "approve:0" in buttons_of(m)]
    )
    return thread, question


def test_two_teams_find_nothing_of_each_other(serve: Serve, slack: Slack) -> None:
    with serve(**BY_OAUTH, owner=STUDIO) as served:
        assert install(served, "T1", "xoxb-one").status_code == 200
    with serve(**BY_OAUTH, owner=RIVAL) as served:
        assert install(served, "T2", "xoxb-two").status_code == 200
        (_, ours), (theirs_thread, theirs) = asked_in(served, "T1"), asked_in(served, "T2")
        rob = served.person("U1", "T2")
        approval_id = str(button_of(ours, "approve:0")["value"])
        batch_id = ours.blocks[0]["text"]["text"].rpartition(" ")[2]
        stolen = {
            "approve:0": (approval_id, "No approval"),
            "vary:0": ("ast_x", "No asset"),
            "export:0": (batch_id, "No batch"),
            "package:0": ("exp_aaaaaaaaaa", "No export"),
        }
        for number, (action, (value, word)) in enumerate(stolen.items(), start=1):
            rob.presses(theirs, action, value=value)
            until(lambda n=number: len(whispers(slack, "T2")) == n)
            assert word in whispers(slack, "T2")[-1].text
        rob.commands(f"status {batch_id}")
        assert "No batch" in until(lambda: whispers(slack, "T2")[4:])[0].text
        rob.says("how is my batch doing?", theirs_thread)
        until(lambda: len(slack.thread("D1", theirs_thread, "T2")) == 3)
        assert batch_id not in str(slack.thread("D1", theirs_thread, "T2"))
        approval = served.services.stores.approvals.get("studio", approval_id)
        assert approval is not None
        assert approval.answered_by is None
        assert buttons_of(ours) == ["approve:0", "decline:0"]
    assert slack.refused == []


def whispers(slack: Slack, team: str) -> list[Message]:
    return [message for message in slack.whispers("U1") if message.team == team]


def test_a_state_is_for_one_browser_and_one_return(serve: Serve, slack: Slack) -> None:
    with serve(**BY_OAUTH, owner=STUDIO) as served:
        state, cookie = begin(served)
        other, _ = begin(served)
        slack.world.installs["code"] = grant_of("T1", "xoxb-one")
        assert come_back(served, "made-up", cookie, code="code").status_code == 400
        assert come_back(served, other, cookie, code="code").status_code == 400
        name = cookie.partition("=")[0]
        assert come_back(served, "made-up", f"{name}=made-up", code="code").status_code == 401
        assert come_back(served, state, cookie, code="code").status_code == 200
        assert come_back(served, state, cookie, code="code").status_code == 401
        late, cookie = begin(served)
        assert come_back(served, late, cookie, code="unknown").status_code == 401
        denied, cookie = begin(served)
        assert "denied" in come_back(served, denied, cookie, error="access_denied").text


def test_only_an_owner_connects_and_a_team_stays_where_it_is(serve: Serve, slack: Slack) -> None:
    with serve(**BY_OAUTH, owner=EDITOR) as served:
        assert served.http.get(f"{served.address}/slack/install").status_code == 403
    with serve(**BY_OAUTH, owner=STUDIO) as served:
        assert install(served, "T1", "xoxb-one").status_code == 200
        assert install(served, "T1", "xoxb-one").status_code == 200
    with serve(**BY_OAUTH, owner=RIVAL) as served:
        assert install(served, "T1", "xoxb-one").status_code == 500
        _, question = asked_in(served, "T1")
        ana = served.person()
        assert served.services.stores.batches.page("rival").items == ()
        ana.send_event({"type": "app_uninstalled"})
        until(lambda: install(served, "T1", "xoxb-one").status_code == 200)
        assert question.team == "T1"


def test_a_team_that_installed_nothing_is_not_served(serve: Serve, slack: Slack) -> None:
    with serve(**BY_OAUTH, owner=STUDIO) as served:
        assert (
            served.person("U1", "T2")
            .send_event(served.person("U1", "T2").message("hello"))
            .status_code
            == 200
        )
        served.person("U1", "T2").send_event({"type": "tokens_revoked", "tokens": {"bot": ["U"]}})
        assert slack.calls == []
