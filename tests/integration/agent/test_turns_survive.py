"""Turns that end badly, late or never: the thread stays usable and bounded."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from agent.events import Done, ErrorEvent
from agent.savers.fence import reading_config
from agent.state import KEPT_MESSAGES, MOST_MESSAGES
from agent.turn import MOST_RESUMES
from assetql.domain.errors import StaleClaim
from tests.integration.agent.talking import (
    Gate,
    Open,
    Talk,
    asks,
    assert_paired,
    call,
    echo,
    look,
    once,
)

pytestmark = pytest.mark.parametrize("family", ["local", "aws"])


async def test_a_cancelled_turn_leaves_the_thread_usable(open_talk: Open) -> None:
    gate = Gate()
    talk = open_talk(once("wait"), [gate.tool()])
    task = asyncio.create_task(talk.say("wait"))
    await gate.entered.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open.set()

    assert isinstance((await talk.say("again"))[-1], Done)
    messages = await talk.messages()
    assert_paired(messages)
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == ["wait", "again"]
    assert "may have taken effect" in next(m.text for m in messages if isinstance(m, ToolMessage))


@pytest.mark.parametrize("after", [1, 2, 3])
async def test_a_closed_stream_leaves_the_thread_usable(open_talk: Open, after: int) -> None:
    talk = open_talk(once("look"), [look])
    async with aclosing(talk.parts("look")) as parts:
        for _ in range(after):
            await anext(parts)

    assert isinstance((await talk.say("again"))[-1], Done)
    messages = await talk.messages()
    assert_paired(messages)
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == ["look", "again"]


SLOWLY = 0.05  # seconds before each piece, so that nobody who stops is too late


def tells(messages: Any) -> AIMessage:
    """Two sentences, if it is to tell; behind a look, if it is to look first."""
    asked = asks(messages)
    if asked == "look" and not isinstance(messages[-1], ToolMessage):
        return call("look", "call-1")
    if asked in {"look", "tell"}:
        return AIMessage("Once there was a sword. Then it rusted.")
    return echo(messages)


async def read_one_sentence(talk: Talk, text: str) -> str:
    """Closes the stream once the first sentence has come."""
    said = ""
    async with aclosing(talk.parts(text)) as parts:
        async for part in parts:
            if part["type"] == "custom" and part["data"]["event"] == "token":
                said += part["data"]["text"]
            if said:
                return said
    raise AssertionError("nothing was said")


async def test_an_answer_that_is_stopped_stays_as_far_as_it_was_read(open_talk: Open) -> None:
    talk = open_talk(tells, per_token=SLOWLY)
    said = await read_one_sentence(talk, "tell")

    kept = ["tell", f"{said.rstrip()} …"]
    assert "rusted" not in said
    assert [message.text for message in await talk.messages()] == kept
    assert await talk.reply("go on") == "You said go on."
    assert [m.text for m in talk.prompts[-1]][-3:] == [*kept, "go on"]
    assert [m.text for m in await talk.messages()] == [*kept, "go on", "You said go on."]


async def test_one_that_is_stopped_after_its_tools_stays_behind_them(open_talk: Open) -> None:
    talk = open_talk(tells, [look], per_token=SLOWLY)
    said = await read_one_sentence(talk, "look")
    messages = await talk.messages()
    assert_paired(messages)
    assert [type(m) for m in messages] == [HumanMessage, AIMessage, ToolMessage, AIMessage]
    assert messages[-1].text == f"{said.rstrip()} …"


async def test_what_a_process_that_ends_had_said_is_said_by_the_next(open_talk: Open) -> None:
    talk = open_talk(tells, per_token=SLOWLY)
    talk.agent.ending.set()
    await read_one_sentence(talk, "tell")
    assert [message.text for message in await talk.messages()] == ["tell"]

    assert (await open_talk(tells).reply(None)).endswith("Then it rusted.")


async def test_a_failing_model_is_an_error_event_and_the_message_is_kept(open_talk: Open) -> None:
    def script(messages: Any) -> AIMessage:
        if asks(messages) == "break":
            raise ConnectionError("no route")
        return echo(messages)

    talk = open_talk(script)

    [error] = await talk.say("break")

    assert isinstance(error, ErrorEvent)
    assert error.code == "model_unavailable"
    assert await talk.reply("go on") == "You said go on."
    assert [m.text for m in talk.prompts[-1] if isinstance(m, HumanMessage)] == ["break", "go on"]


async def test_endless_steps_end_in_an_error_and_a_usable_thread(open_talk: Open) -> None:
    def script(messages: Any) -> AIMessage:
        if asks(messages) == "stop":
            return AIMessage("Stopped.")
        return call("look", f"call-{len(messages)}")

    talk = open_talk(script, [look])
    events = await talk.say("loop")
    assert isinstance(events[-1], ErrorEvent)
    assert "steps" in events[-1].message
    assert_paired(await talk.messages())
    assert await talk.reply("stop") == "Stopped."


async def test_a_stale_turn_can_not_overwrite_a_newer_one(open_talk: Open) -> None:
    gate = Gate()
    slow = open_talk(once("wait"), [gate.tool()], turn_lease_seconds=3600)
    task = asyncio.create_task(slow.say("slow", message_id="slow"))
    await gate.entered.wait()
    turns = slow.agent.services.stores.turns
    # Its lease ends while it hangs, as after a stopped process.
    turns.extend(turns.get("default", "t"), until=slow.agent.services.clock.now() - timedelta(1))
    free = Gate()
    free.open.set()
    newer = open_talk(echo, [free.tool()])
    await newer.say("newer", message_id="newer")  # resumes the slow turn, then answers
    gate.open.set()

    [error] = [e for e in await task if isinstance(e, ErrorEvent)]
    assert error.code == StaleClaim.code
    messages = await newer.messages()
    assert_paired(messages)
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == ["slow", "newer"]
    assert messages[-1].text == "You said newer."


async def test_a_turn_that_is_overtaken_as_it_answers_ends_in_an_error(open_talk: Open) -> None:
    def script(messages: Any) -> AIMessage:
        services = talk.agent.services
        now, turns = services.clock.now(), services.stores.turns
        turns.extend(turns.get("default", "t"), until=now - timedelta(1))
        assert turns.acquire("default", "t", holder="newer", until=now, now=now)
        return echo(messages)

    talk = open_talk(script)
    error = (await talk.say("hello"))[-1]

    assert isinstance(error, ErrorEvent)
    assert error.code == StaleClaim.code
    talk = open_talk(echo)
    assert (await talk.reply("again", message_id="m2")).endswith("You said again.")
    messages = await talk.messages()
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == ["hello", "again"]


async def test_long_threads_are_trimmed_at_a_persons_message_and_summed_up(open_talk: Open) -> None:
    talk = open_talk(once("look", what="bat_abc123"), [look])
    for n in range(25):
        await talk.say(f"look {n}")

    state = await talk.state()
    assert len(state["messages"]) <= MOST_MESSAGES + 4
    prompt = talk.prompts[-1]
    assert len(prompt) <= MOST_MESSAGES + 6
    assert "asked: look 0" in prompt[1].text
    assert len(talk.agent.services.stores.inbox.after("default", "t", 0)) == 25
    kept = [m for m in state["messages"] if isinstance(m, HumanMessage)]
    assert kept[0] is state["messages"][0]
    assert len(state["messages"]) >= KEPT_MESSAGES - 4
    assert_paired(state["messages"])


async def test_a_finished_thread_keeps_one_checkpoint(open_talk: Open) -> None:
    talk = open_talk(once("look"), [look])
    for n in range(3):
        await talk.say(f"look {n}")
    saver = talk.agent.saver
    assert len([c async for c in saver.alist(reading_config("default", "t"))]) == 1


async def test_a_turn_longer_than_its_lease_keeps_the_thread(open_talk: Open) -> None:
    @tool
    async def long() -> str:
        """Takes more than two leases."""
        await asyncio.sleep(2.2)
        return "over"

    talk = open_talk(once("long"), [long], turn_lease_seconds=1)
    rival = open_talk(echo, [long], turn_lease_seconds=1)
    first = asyncio.create_task(talk.say("long", message_id="first"))
    await asyncio.sleep(0.3)
    second = await rival.say("me too", message_id="second")

    assert (await first)[-1] == Done("It answered: over")
    assert second[-1] == Done("You said me too.")


async def test_a_step_that_kills_its_process_each_time_does_not_brick_the_thread(
    open_talk: Open,
) -> None:
    gate = Gate()
    talk = open_talk(once("wait"), [gate.tool()], turn_lease_seconds=3600)
    hung = asyncio.create_task(talk.say("wait", message_id="first"))
    await gate.entered.wait()
    turns, clock = talk.agent.services.stores.turns, talk.agent.services.clock

    def die() -> None:
        """Ends the lease without a word, as a killed process does."""
        turns.extend(turns.get("default", "t"), until=clock.now() - timedelta(seconds=1))

    for _ in range(MOST_RESUMES):  # each of these processes dies before it writes anything
        die()
        later = clock.now() + timedelta(hours=1)
        assert turns.acquire("default", "t", holder="dies", until=later, now=clock.now())
    die()
    healthy = open_talk(echo, [gate.tool()])

    assert (await healthy.say("hello", message_id="last"))[-1] == Done("You said hello.")
    assert_paired(await healthy.messages())
    gate.open.set()
    await hung
