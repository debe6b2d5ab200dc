"""A conversation in Slack: what is said, where, and how Slack's refusals are borne."""

from typing import Any

from langchain_core.messages import AIMessage

from agent.scripted import ScriptedModel
from tests.support.slack.people import buttons_of, until
from tests.support.slack.served import Serve, Served
from tests.support.slack.server import Slack


def saying(text: str) -> ScriptedModel:
    def script(messages: Any) -> AIMessage:
        return AIMessage(text)

    return ScriptedModel(script=script)


def test_a_message_is_answered_in_its_thread(served: Served) -> None:
    thread = served.person().says("I need 2 health potions, 128x128")
    until(lambda: len(served.slack.thread("D1", thread)) == 2)
    answer, question = served.slack.thread("D1", thread)
    assert answer.plan == "2 steps, done"
    assert [step["status"] for step in answer.steps.values()] == ["complete", "complete"]
    assert buttons_of(answer) == ["feedback"]
    assert "$0.04 at most" in question.everything
    assert buttons_of(question) == ["approve:0", "decline:0"]
    assert served.slack.world.statuses[0]["thread_ts"] == thread


def test_a_mention_in_a_channel_is_answered_below_it(served: Served) -> None:
    ana = served.person(channel="C1")
    event = ana.message(f"<@{ana.bot}> find <https://x.example/?a=1&amp;b=2|red> potions")
    ana.send_event({**event, "type": "app_mention", "channel_type": "channel"})
    (answer,) = until(lambda: served.slack.thread("C1", event["ts"]))
    until(lambda: not answer.streaming)
    thread_id = f"slack-T1-C1-{event['ts']}"
    (asked, *_) = served.services.stores.inbox.after("default", thread_id, 0)
    assert asked.text == "find red (https://x.example/?a=1&b=2) potions"
    assert asked.author == "slack:T1:U1"


def test_the_thread_goes_on_where_it_was(served: Served) -> None:
    ana = served.person()
    thread = ana.says("Create a batch with a sword and a shield, but don't start it yet.")
    until(lambda: served.slack.thread("D1", thread))
    ana.says("start it", thread)
    until(lambda: [m for m in served.slack.thread("D1", thread) if "approve:0" in buttons_of(m)])


def test_a_new_assistant_thread_is_greeted_with_prompts(served: Served) -> None:
    started = {
        "type": "assistant_thread_started",
        "assistant_thread": {"user_id": "U1", "channel_id": "D1", "thread_ts": "1700000000.9"},
        "event_ts": "1700000000.9",
    }
    served.person().send_event(started)
    (prompts,) = until(lambda: served.slack.world.prompts)
    assert len(prompts["prompts"]) == 4
    (greeting,) = served.slack.thread("D1", "1700000000.9")
    assert "quote a price" in greeting.text


def test_what_a_model_writes_mentions_nobody(serve: Serve, slack: Slack) -> None:
    with serve(model=saying("Dear <!here> and <@U2> & all")) as served:
        thread = served.person().says("hello")
        (answer,) = until(lambda: slack.thread("D1", thread))
        until(lambda: not answer.streaming)
        assert answer.text == "Dear &lt;!here&gt; and &lt;@U2&gt; &amp; all"


def test_a_long_answer_is_several_messages(serve: Serve, slack: Slack) -> None:
    text = "There is a great deal to be told here. " * 300
    with serve(model=saying(text)) as served:
        thread = served.person().says("tell me everything")
        until(lambda: sum(len(m.text) for m in slack.thread("D1", thread)) >= len(text) - 10)
        until(lambda: not any(m.streaming for m in slack.thread("D1", thread)))
        assert len(slack.thread("D1", thread)) == 2
    assert slack.refused == []


def test_where_slack_asks_to_wait_it_is_asked_again(served: Served) -> None:
    served.slack.limited.update({"chat.startStream": 1, "chat.postMessage": 1})
    thread = served.person().says("I need 2 health potions, 128x128")
    until(lambda: len(served.slack.thread("D1", thread)) == 2)
    assert not served.slack.limited.total()


def test_where_slack_does_not_stream_the_answer_is_posted(serve: Serve, slack: Slack) -> None:
    slack.broken = {"chat.appendStream", "chat.stopStream"}
    text = "A sentence that is of some length, I think. " * 30
    with serve(model=saying(text)) as served:
        thread = served.person().says("hello")
        until(lambda: len(slack.thread("D1", thread)) == 3)
        shown = "".join(m.text for m in slack.thread("D1", thread)[:2])
        assert shown.count("sentence") == 30
        assert buttons_of(slack.thread("D1", thread)[2]) == ["feedback"]


def test_an_empty_message_is_told_what_to_do(served: Served) -> None:
    served.person().says(" ")
    (told,) = until(lambda: served.slack.whispers("U1"))
    assert "attach a CSV" in told.text
