"""Who goes away before their turn has begun leaves their message, and the thread to the next."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from assetql.adapters.local.stores import DATABASE_NAME
from tests.integration.agent.talking import Open, echo
from tests.support.emulator import emulator_address
from tests.support.fault_proxy.faults import Delay
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule


async def cancelled(task: asyncio.Task[Any]) -> None:
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.sleep(0.1)


async def test_a_turn_that_is_cancelled_while_it_begins_gives_the_thread_back(
    open_talk: Open, tmp_path: Path
) -> None:
    talk = open_talk(echo, turn_lease_seconds=3600)
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the turn's first write waits for this
        task = asyncio.create_task(talk.say("first", message_id="first"))
        await cancelled(task)
        other.rollback()
    await the_thread_goes_on(talk, task)


@pytest.mark.parametrize("family", ["aws"])
async def test_so_it_does_on_aws(open_talk: Open) -> None:
    """While its message is stored and it takes the lease."""
    with FaultProxy(emulator_address()) as proxy:
        proxy.plan(Rule(fault=Delay(0.5), operation="TransactWriteItems"))
        talk = open_talk(echo, turn_lease_seconds=3600, aws_endpoint=proxy.address)
        task = asyncio.create_task(talk.say("first", message_id="first"))
        async with asyncio.timeout(10):
            while not proxy.hits():
                await asyncio.sleep(0.01)
        await cancelled(task)
        await the_thread_goes_on(talk, task)


async def the_thread_goes_on(talk: Any, task: asyncio.Task[Any]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(10):
        await talk.say("second", message_id="second")
    people = [m.text for m in await talk.messages() if isinstance(m, HumanMessage)]
    assert people == ["first", "second"]
