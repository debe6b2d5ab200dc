"""What a turn asks of AWS, and what it makes of AWS failing."""

import asyncio
import os
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from agent.context import AgentContext
from agent.events import Done
from agent.inbox import NewMessage, post_message
from assetql.domain.audit import AuditRecord
from assetql.domain.identity import Principal, Role
from tests.integration.agent.talking import (
    Open,
    Runtime,
    asks,
    assert_paired,
    echo,
    look,
    once,
)
from tests.support.emulator import emulator_address
from tests.support.fault_proxy.faults import LOST_REPLY, Delay, Forward, error_reply
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.fault_proxy.traffic import Reply, Request

pytestmark = pytest.mark.parametrize("family", ["aws"])


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy(emulator_address()) as proxy:
        yield proxy


class Asked:
    """Requests by operation since the last time that somebody looked."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._proxy = proxy
        self._seen = 0

    def since(self) -> Counter[str]:
        log = self._proxy.log()
        new = Counter(f"{seen.service}.{seen.operation}" for seen in log[self._seen :])
        self._seen = len(log)
        return new


@tool
def noted(runtime: Runtime) -> str:
    """Reads a table and leaves a record, as the tools of the product do."""
    context: AgentContext = runtime.context
    stores, workspace = context.services.stores, context.caller.workspace
    assert stores.batches.get(workspace, "bat_nowhere") is None
    stores.audit.record(
        AuditRecord(
            workspace=workspace,
            record_id=str(runtime.tool_call_id),
            action="noted",
            subject="it",
            actor=context.caller.user,
            at=context.services.clock.now(),
        )
    )
    return "noted"


async def test_a_one_tool_turn_takes_at_most_eight_requests(
    open_talk: Open, proxy: FaultProxy
) -> None:
    """Counted is every request to AWS: inbox, lease, state, the tool's own read and its record."""
    talk = open_talk(once("noted"), [noted], aws_endpoint=proxy.address)
    asked = Asked(proxy)

    for n in range(3):  # a new thread, and one that this process knows
        events = await talk.say(f"note {n}")
        assert events[-1] == Done("It answered: noted")
        assert asked.since() == {
            # the message and the lease; the model's calls; their results; its answer and the end
            "dynamodb.TransactWriteItems": 4,
            "dynamodb.GetItem": 1,  # the tool's
            "dynamodb.PutItem": 1,  # the record
        }


async def test_another_process_reads_the_thread_first(open_talk: Open, proxy: FaultProxy) -> None:
    """Six for the conversation itself: how the lease stands, and the state, it has to learn."""
    await open_talk(once("look"), [look]).say("first", message_id="first")
    talk = open_talk(once("look"), [look], aws_endpoint=proxy.address)

    await talk.say("second", message_id="second")

    assert Asked(proxy).since() == {
        "dynamodb.TransactWriteItems": 5,
        "dynamodb.Query": 1,
    }


async def test_a_turn_whose_replies_are_lost_is_answered_once(
    open_talk: Open, proxy: FaultProxy
) -> None:
    """What was carried out and tried again, for want of an answer, is one message and one turn."""
    once_each = [Rule(fault=LOST_REPLY, operation="TransactWriteItems", skip=n) for n in (0, 2, 3)]
    proxy.plan(*once_each)
    talk = open_talk(once("look"), [look], aws_endpoint=proxy.address)

    events = await talk.say("look")

    assert events[-1] == Done("It answered: saw it")
    assert proxy.hits() == len(once_each)
    messages = await talk.messages()
    assert len(messages) == 4
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == ["look"]
    lease = talk.agent.services.stores.turns.get("default", "t")
    assert (lease.token, lease.consumed) == (1, 1)


class InTheWay:
    """Another transaction holds an item of this request: nothing is carried out."""

    name = "conflict"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        reply = error_reply(request, 400, "TransactionCanceledException")
        reasons = [{"Code": "None"} for _ in request.document["TransactItems"]]
        reasons[0] = {"Code": "TransactionConflict"}
        return reply.with_document({**reply.document, "CancellationReasons": reasons})


async def test_who_finds_another_write_in_the_way_tries_again(
    open_talk: Open, proxy: FaultProxy
) -> None:
    """As when somebody posts to the thread in the moment of a checkpoint."""
    rules = [Rule(fault=InTheWay(), operation="TransactWriteItems", skip=n) for n in (0, 2, 3)]
    proxy.plan(*rules)
    talk = open_talk(once("look"), [look], aws_endpoint=proxy.address)

    assert await talk.reply("look") == "It answered: saw it"
    assert proxy.hits() == len(rules)
    assert len(await talk.messages()) == 4


async def test_an_answer_is_stored_before_another_authors_message_is_answered(
    open_talk: Open,
) -> None:
    stored: list[str] = []

    def script(messages: Any) -> AIMessage:
        if asks(messages) == "mine":
            items = talk.agent.saver.items
            [newest] = items.stored(("default", "t"), "")
            stored.extend(m.text for m in items.value(newest.item)["channel_values"]["messages"])
        return echo(messages)

    talk = open_talk(script)
    post_message(
        NewMessage(message_id="before", text="theirs"),
        thread_id="t",
        caller=Principal("default", "vic", frozenset({Role.VIEWER})),
        stores=talk.agent.services.stores,
        clock=talk.agent.services.clock,
    )
    await talk.say("mine")

    assert stored == ["theirs", "You said theirs."]


async def test_who_is_cancelled_while_results_are_stored_gives_the_thread_back(
    open_talk: Open, proxy: FaultProxy
) -> None:
    """The model has answered meanwhile: its answer waits until the results before it are there."""
    proxy.plan(Rule(fault=Delay(0.5), operation="TransactWriteItems", skip=2))
    talk = open_talk(once("look"), [look], turn_lease_seconds=3600, aws_endpoint=proxy.address)
    task = asyncio.create_task(talk.say("look"))
    async with asyncio.timeout(10):
        while len(talk.prompts) < 2:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(10):
        assert await talk.reply("again") == "It answered: saw it"
    messages = await talk.messages()
    assert_paired(messages)
    assert [m.text for m in messages if isinstance(m, ToolMessage)] == ["saw it", "saw it"]


async def test_large_state_is_an_object_and_only_the_newest_stays(open_talk: Open) -> None:
    data = b64encode(os.urandom(600_000)).decode()  # nothing makes it much smaller

    @tool(response_format="content_and_artifact")
    def stare() -> tuple[str, dict[str, object]]:
        """Brings a lot back."""
        return "a lot", {"kind": "look", "data": data}

    talk = open_talk(once("stare"), [stare])
    for n in range(2):
        await talk.say(f"stare {n}")
        objects = talk.agent.services.stores.objects
        assert len(list(objects.keys("checkpoints/default/"))) == 1

    elsewhere = open_talk(echo)
    assert await elsewhere.reply("and?", message_id="last") == "You said and?."
    artifacts = [getattr(message, "artifact", None) for message in await elsewhere.messages()]
    assert [a["data"] == data for a in artifacts if a] == [True, True]
