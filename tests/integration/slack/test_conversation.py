"""A conversation in Slack, from a sentence to what the thread shows."""

from tests.support.slack.people import buttons_of, until
from tests.support.slack.served import Served


def test_a_message_is_answered_in_its_thread(served: Served) -> None:
    ana = served.person()
    thread = ana.says("I need 2 health potions, 128x128")
    answer, question = until(
        lambda: served.slack.thread("D1", thread)[:2][1:] and served.slack.thread("D1", thread)
    )
    assert answer.plan == "2 steps, done"
    assert [step["status"] for step in answer.steps.values()] == ["complete", "complete"]
    assert buttons_of(answer) == ["feedback"]
    assert "$0.04 at most" in question.everything
    assert buttons_of(question) == ["approve:0", "decline:0"]
    assert served.slack.world.statuses[0]["thread_ts"] == thread
