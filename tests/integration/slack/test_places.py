"""What is outside of threads: the command, App Home, feedback."""

from assetql.domain.door_record import RecordKind
from tests.support.slack.people import buttons_of, until
from tests.support.slack.served import Served


def opens_home(served: Served, user: str = "U1") -> None:
    served.person(user).send_event(
        {"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"}
    )


def told(served: Served, words: str, user: str = "U1") -> str:
    before = len(served.slack.whispers(user))
    assert served.person(user).commands(words).status_code == 200
    until(lambda: len(served.slack.whispers(user)) > before)
    return served.slack.whispers(user)[-1].everything


def test_the_command_answers_who_asks(served: Served) -> None:
    assert "/assetql ask" in told(served, "")
    assert "No batches yet" in told(served, "batches")
    assert "$100.00 free" in told(served, "usage")
    assert "No command 'staus'. Did you mean 'status'?" in told(served, "staus")
    assert "No batch 'newest'" in told(served, "status")
    assert "Nothing was asked" in told(served, "ask")


def test_the_command_asks_in_a_new_thread_of_the_channel(served: Served) -> None:
    served.person().commands("ask I need 2 health potions, 128x128")
    (root,) = until(lambda: served.slack.world.messages[:1])
    assert (root.channel, root.thread_ts) == ("C1", None)
    assert root.text == "<@U1>: I need 2 health potions, 128x128"
    until(lambda: len(served.slack.thread("C1", root.ts)) == 2)
    assert "DRAFT" in told(served, "status")
    assert "health potion" in told(served, "batches")


def test_owners_grant_roles(served: Served) -> None:
    assert "is viewer now" in told(served, "grant <@U2|ben> viewer")
    served.person("U2").says("I need 2 health potions, 128x128")
    until(lambda: served.slack.world.messages[1:])
    assert served.services.stores.batches.page("default").items == ()
    assert "Only owners grant" in told(served, "grant <@U2> approver", "U2")
    assert "No role 'king'" in told(served, "grant <@U2> king")
    assert "names nobody" in told(served, "grant ben approver")
    assert "can't be changed" in told(served, "grant <@U1> viewer")
    told(served, "grant <@U2> none")
    assert "You have no role" in told(served, "usage", "U2")
    assert "is approver now" in told(served, "grant <@U2> approver")
    assert "free" in told(served, "usage", "U2")


def test_home_shows_what_waits_and_answers_there(served: Served) -> None:
    opens_home(served)
    (empty,) = until(lambda: served.slack.world.views)
    assert "None yet" in str(empty["blocks"])
    thread = served.person().says("I need 2 health potions, 128x128")
    until(lambda: len(served.slack.thread("D1", thread)) == 2)
    opens_home(served)
    view = until(lambda: served.slack.world.views[1:])[0]
    (approve, _) = [
        each
        for block in view["blocks"]
        for each in block.get("elements", [])
        if each.get("type") == "button"
    ]
    home = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "view": {"id": "V1"}}
    action = {"action_id": approve["action_id"], "value": approve["value"]}
    pressed = {"type": "block_actions", "trigger_id": "home.1", "actions": [action], **home}
    served.person().interacts(pressed)
    shown = until(lambda: served.slack.world.views[2:])[0]
    assert "RUNNING" in str(shown["blocks"])
    until(lambda: "Approved by <@U1>" in served.slack.thread("D1", thread)[1].everything)
    served.person().interacts({**pressed, "trigger_id": "home.2"})
    noted = until(lambda: served.slack.world.views[3:])[0]
    assert "already approved" in str(noted["blocks"][0])


def test_feedback_is_kept_once_per_person_and_answer(served: Served) -> None:
    thread = served.person().says("hello")
    answer = until(lambda: served.slack.thread("D1", thread))[0]
    until(lambda: buttons_of(answer) == ["feedback"])
    for user, rating in (("U1", "good"), ("U1", "bad"), ("U2", "good"), ("U2", "nonsense")):
        served.person(user).presses(answer, "feedback", value=rating)
        if rating != "nonsense":
            until(lambda u=user, r=rating: ratings(served).get(f"slack:T1:{u}") == r)
    assert ratings(served) == {"slack:T1:U1": "bad", "slack:T1:U2": "good"}


def ratings(served: Served) -> dict[str, str]:
    page = served.services.stores.doors.page(
        "default", RecordKind.FEEDBACK, now=served.services.clock.now()
    )
    return {str(r.document["user"]): str(r.document["rating"]) for r in page.items}
