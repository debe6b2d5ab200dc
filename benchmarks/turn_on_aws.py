"""What a one-tool turn on AWS adds to the two calls of Bedrock that it makes, and what it asks.

python -m benchmarks.turn_on_aws [--latency X] [--rounds N] [--quick] [--json]

All of it over HTTP, on the emulated AWS, whose own time is in the figures. The stand-in for Bedrock
takes 300 ms to its first token and 800 ms for 40 of them, times X. The floor is two bare
ConverseStream calls of boto3. Ours is a turn as doors run it, on DynamoDB, with lease and inbox,
and a tool that leaves a record in the audit log. Beside it, in the same run and turn about:
LangChain's stock `create_agent` with langgraph-checkpoint-aws's DynamoDBSaver and the same model.
Release: from when the last token of an answer's first sentence has come to when a reader has the
sentence. Figures are medians over the rounds.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from langchain.agents import create_agent
from langchain.tools import ToolRuntime
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph_checkpoint_aws import DynamoDBSaver
from pydantic import PrivateAttr
from rich.console import Console

from agent.bedrock import BedrockChat, open_bedrock_chat
from agent.context import AgentContext
from agent.events import Token, chat_events
from agent.graph import build_graph
from agent.inbox import NewMessage
from agent.prompts import SYSTEM_PROMPT
from agent.savers.dynamodb import FencedDynamoSaver, items_of
from agent.services import AgentServices, open_agent
from agent.turn import run_turn
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names
from assetql.adapters.aws.stores import open_stores
from assetql.domain.audit import AuditRecord
from assetql.services import open_services
from assetql.settings import Settings
from benchmarks.turn import ASK, FIRST_TOKEN, OWNER, PER_TOKEN, SAYS, TELLS, Side, Turn
from tests.support.emulator import REGION, installed, settings_for
from tests.support.stand_ins import a_model

AIM_MS, AIM_RELEASE_MS, AIM_REQUESTS = 60.0, 30.0, 8
CARD: dict[str, object] = {"kind": "batch", "batch_id": "bat_k3jx2a91b0", "tasks": 40, "rows": 40}


@tool(response_format="content_and_artifact")
def batch_status() -> tuple[str, dict[str, object]]:
    """How a batch stands."""
    return json.dumps(CARD), CARD


@tool("batch_status", response_format="content_and_artifact")
def audited(runtime: ToolRuntime[AgentContext, Any]) -> tuple[str, dict[str, object]]:
    """How a batch stands."""
    context = runtime.context
    record = AuditRecord(
        workspace=context.caller.workspace,
        record_id=uuid4().hex,
        action="batch.status",
        actor=context.caller.user,
        subject="bat_k3jx2a91b0",
        at=context.services.clock.now(),
    )
    context.services.stores.audit.record(record)
    return json.dumps(CARD), CARD


class Timed(BedrockChat):
    """Notes when each piece of text came, and how much had come by then."""

    _arrivals: list[tuple[float, int]] = PrivateAttr(default_factory=list)

    async def _astream(self, *given: Any, **named: Any) -> AsyncIterator[ChatGenerationChunk]:
        self._arrivals.clear()
        length = 0
        async for chunk in super()._astream(*given, **named):
            length += len(chunk.message.text)
            self._arrivals.append((time.perf_counter(), length))
            yield chunk

    def arrival(self, length: int) -> float:
        """When the answer's first `length` characters were there."""
        return next(at for at, there in self._arrivals if there >= length)


class Requests:
    """How many these clients have sent, retries included."""

    def __init__(self, *clients: Any) -> None:
        self.sent = 0
        for client in clients:
            client.meta.events.register_last("before-send", self._note)

    def _note(self, **_: object) -> None:
        self.sent += 1


class Bench:
    """One installation, the model's stand-in, and the ways to answer a message."""

    def __init__(self, home: Path, latency: float) -> None:
        self._clients, self._names = installed(home, max_receives=3)
        self._latency = latency
        self.settings = Settings(
            home=home, adapters="assetql.adapters.aws", **settings_for(self._names)
        )
        self.released: list[float] = []  # seconds

    def model(self) -> Timed:
        """A model that looks, then tells, at the pace that was asked for."""
        stand_in = a_model()
        looks = {"toolUse": {"toolUseId": "tooluse_1", "name": "batch_status", "input": {}}}
        stand_in.follow(
            {"content": [{"text": SAYS}, looks]},
            {"content": [{"text": TELLS}]},
            repeat=True,
            first_token_ms=1_000 * FIRST_TOKEN * self._latency,
            per_token_ms=1_000 * PER_TOKEN * self._latency,
        )
        client = open_bedrock_chat(stand_in.name, self.settings).client
        return Timed(
            model=stand_in.name, client=client, bedrock_client=client, disable_streaming=False
        )

    def floor(self) -> Turn:
        """Two bare calls, each read to its end."""
        client, model = self._clients.bedrock, self.model().model_id

        def call(messages: list[dict[str, Any]]) -> None:
            answer = client.converse_stream(
                modelId=model, system=[{"text": SYSTEM_PROMPT}], messages=messages
            )
            for _ in answer["stream"]:
                pass

        async def turn() -> None:
            asked = [{"role": "user", "content": [{"text": ASK}]}]
            await asyncio.to_thread(call, asked)
            said = {"role": "assistant", "content": [{"text": SAYS}]}
            seen = {"role": "user", "content": [{"text": json.dumps(CARD)}]}
            await asyncio.to_thread(call, [*asked, said, seen])

        return turn

    def ours(self) -> tuple[Turn, Requests, AgentServices]:
        """A turn as doors run it, over clients whose requests are counted."""
        clients = Clients(region=REGION, endpoint=self._clients.endpoint)
        log = Requests(clients.dynamodb, clients.s3)
        model = self.model()
        agent = opened(self.settings, clients, self._names, model)
        sent = iter(range(10**9))

        async def turn() -> None:
            message = NewMessage(message_id=f"m{next(sent)}", text=ASK)
            parts = run_turn(agent, caller=OWNER, thread_id="t", message=message)
            async for event in chat_events(parts):
                if isinstance(event, Token) and event.text.lstrip().startswith(FIRST_SENTENCES):
                    now = time.perf_counter()
                    self.released.append(now - model.arrival(len(event.text.rstrip())))

        return turn, log, agent

    def stock(self) -> tuple[Turn, Requests]:
        """The idiom without a lease, an inbox, a fence, checked text or a bound on the thread."""
        table = f"{self._names.prefix}-stock"
        self._clients.dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("PK", "SK")],
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
        )
        saver = DynamoDBSaver(table, region_name=REGION, endpoint_url=self._clients.endpoint)
        log = Requests(saver.client)
        graph: Any = create_agent(
            self.model(),
            tools=[batch_status],
            system_prompt=SYSTEM_PROMPT,
            checkpointer=cast("BaseCheckpointSaver[Any]", saver),
        )
        config = {"configurable": {"thread_id": "t"}}

        async def turn() -> None:
            new, modes = {"messages": [("human", ASK)]}, ["messages", "updates"]
            async for _ in graph.astream(
                new, config, stream_mode=modes, durability="sync", version="v2"
            ):
                pass

        return turn, log


FIRST_SENTENCES = tuple(text.partition(". ")[0] for text in (SAYS, TELLS))


def opened(settings: Settings, clients: Clients, names: Names, model: Timed) -> AgentServices:
    """The conversation as `open_agent` puts it together, over these clients."""
    services = open_services(settings)
    services = replace(services, stores=open_stores(clients, names, budget=0))
    tools: list[BaseTool] = [audited]
    agent = open_agent(services, model=model, tools=tools)
    agent.saver.close()
    saver = FencedDynamoSaver(items_of(clients, names))
    return replace(agent, saver=saver, graph=build_graph(model, tools=tools, checkpointer=saver))


async def measured(side: Side, log: Requests | None, requests: list[int]) -> None:
    """One turn: its time, and how many requests it made."""
    before = log.sent if log else 0
    await side.measure(0)
    requests.append((log.sent if log else 0) - before)


async def run(home: Path, *, latency: float, rounds: int) -> dict[str, Any]:
    """All sides, turn about."""
    bench = Bench(home, latency)
    ours, our_log, agent = bench.ours()
    stock, stock_log = bench.stock()
    sides: dict[str, tuple[Side, Requests | None]] = {
        "floor": (Side(bench.floor()), None),
        "assetql": (Side(ours), our_log),
        "stock": (Side(stock), stock_log),
    }
    requests: dict[str, list[int]] = {name: [] for name in sides}
    for side, _ in sides.values():
        await side.turn()  # warms up: connections, and the thread's first turn
    bench.released.clear()
    for _ in range(rounds):
        for name, (side, log) in sides.items():
            await measured(side, log, requests[name])
    agent.close()
    floor = sides["floor"][0].median_ms(0, 0)
    found: dict[str, Any] = {"latency": latency, "rounds": rounds, "floor_ms": round(floor, 1)}
    for name in ("assetql", "stock"):
        found[name] = {
            "added_ms": round(sides[name][0].median_ms(0, 0) - floor, 1),
            "requests": statistics.median(requests[name]),
        }
    released = [1_000 * seconds for seconds in bench.released]
    found["released_ms"] = round(statistics.median(released), 1)
    found["released_worst_ms"] = round(max(released), 1)
    return found


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="a tenth of the latency")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    latency = 0.1 if options.quick else options.latency
    with tempfile.TemporaryDirectory() as home:
        found = asyncio.run(run(Path(home), latency=latency, rounds=options.rounds))
    console = Console()
    if options.json:
        console.print_json(json.dumps(found))
        return
    console.print(f"two bare calls of Bedrock: {found['floor_ms']} ms (latency × {latency})")
    for name in ("assetql", "stock"):
        side = found[name]
        console.print(f"{name:8} adds {side['added_ms']} ms and makes {side['requests']} requests")
    console.print(
        f"a first sentence is released {found['released_ms']} ms after it came "
        f"(worst {found['released_worst_ms']})"
    )
    console.print(
        f"aims: {AIM_MS} ms, {AIM_REQUESTS} requests of the conversation, {AIM_RELEASE_MS} ms"
    )


if __name__ == "__main__":
    main()
