"""What a one-tool turn adds to the two calls of the model that it makes, at turn 10 and turn 190.

    python -m benchmarks.turn [--latency X] [--rounds N] [--quick] [--json]

The model is scripted: 300 ms to its first token and 800 ms for 40 of them, times X. The floor
streams the same two answers from it and does nothing else. Beside it, in the same run and turn
about: LangChain's stock `create_agent` with langgraph-checkpoint-sqlite's AsyncSqliteSaver.
Milliseconds are medians over the rounds; CPU time is of the whole process.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agent.events import chat_events
from agent.inbox import NewMessage
from agent.prompts import SYSTEM_PROMPT
from agent.scripted import ScriptedModel
from agent.services import AgentServices, open_agent
from agent.turn import run_turn
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings

AIM_MS = 40.0
AIM_GROWTH = 1.5
FIRST_TOKEN, PER_TOKEN = 0.3, 0.02
TURNS = (10, 190)
OWNER = Principal("default", "owner", frozenset({Role.OWNER}))
ASK = "How is my batch doing, and what would it take to finish the rest of it today?"
SAYS = "I will look it up. " + "It says how many are made, and what is left to do now. " * 3
TELLS = "All 40 images of the batch are made. " + "The card shows the rest of it, as ever. " * 4

Turn = Callable[[], Awaitable[None]]
Spent = tuple[float, float]  # wall and CPU seconds


@tool(response_format="content_and_artifact")
def batch_status(batch: str = "") -> tuple[str, dict[str, object]]:
    """How a batch stands."""
    card: dict[str, object] = {
        "kind": "batch",
        "batch_id": "bat_k3jx2a91b0",
        "name": "RPG items",
        "status": "DONE",
        "rows": 40,
        "tasks": 40,
        "counts": {"QUEUED": 0, "GENERATING": 0, "READY": 40, "FAILED": 0, "CANCELLED": 0},
        "spent": "1.60",
        "reserved": "0.00",
        "follow_ups": [],
    }
    return json.dumps(card), card


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    """Looks, then tells."""
    if isinstance(messages[-1], ToolMessage):
        return AIMessage(TELLS)
    call = {"name": "batch_status", "args": {"batch": ""}, "id": f"call_{time.monotonic_ns()}"}
    return AIMessage(SAYS, tool_calls=[call])


@dataclass
class Side:
    """One way to answer a message."""

    turn: Turn
    spent: dict[int, list[Spent]] = field(default_factory=dict[int, list[Spent]])

    async def measure(self, at: int) -> None:
        """One turn, noted under the turn number that it stands for."""
        wall, cpu = time.perf_counter(), time.process_time()
        await self.turn()
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        self.spent.setdefault(at, []).append(spent)

    def median_ms(self, at: int, which: int) -> float:
        """0: wall, 1: CPU."""
        return 1_000 * statistics.median(spent[which] for spent in self.spent[at])


def floor(model: ScriptedModel) -> Turn:
    """Two streamed calls."""

    async def turn() -> None:
        asked: list[Any] = [("system", SYSTEM_PROMPT), ("human", ASK)]
        async for _ in model.astream(asked):
            pass
        answered = ToolMessage("{}", tool_call_id="c")
        async for _ in model.astream([*asked, AIMessage(SAYS), answered]):
            pass

    return turn


def ours(agent: AgentServices) -> Turn:
    """A turn as doors run it."""
    sent = iter(range(10**9))

    async def turn() -> None:
        message = NewMessage(message_id=f"m{next(sent)}", text=ASK)
        parts = run_turn(agent, caller=OWNER, thread_id="t", message=message)
        async for _ in chat_events(parts):
            pass

    return turn


def stock(model: ScriptedModel, saver: AsyncSqliteSaver) -> Turn:
    """The idiom without a lease, an inbox, a fence, checked text or a bound on the thread."""
    graph: Any = create_agent(
        model, tools=[batch_status], system_prompt=SYSTEM_PROMPT, checkpointer=saver
    )
    config = {"configurable": {"thread_id": "t"}}

    async def turn() -> None:
        new = {"messages": [("human", ASK)]}
        modes = ["messages", "updates"]
        async for _ in graph.astream(
            new, config, stream_mode=modes, durability="sync", version="v2"
        ):
            pass

    return turn


async def run(home: Path, *, latency: float, rounds: int) -> dict[str, Any]:
    """All sides, turn about, at each place in the thread."""
    model = ScriptedModel(script=script)
    services = open_services(Settings(home=home))
    agent = open_agent(services, model=model, tools=[batch_status])
    async with AsyncSqliteSaver.from_conn_string(str(home / "stock.sqlite3")) as saver:
        sides = {
            "floor": Side(floor(model)),
            "assetql": Side(ours(agent)),
            "stock": Side(stock(model, saver)),
        }
        taken = 0
        for at in TURNS:
            model.first_token, model.per_token = 0, 0
            for _ in range(at - taken - 1):
                await sides["assetql"].turn()
                await sides["stock"].turn()
            model.first_token, model.per_token = FIRST_TOKEN * latency, PER_TOKEN * latency
            for _ in range(rounds):
                for side in sides.values():
                    await side.measure(at)
            taken = at - 1 + rounds
    agent.close()
    services.close()
    return report(sides, latency)


def report(sides: dict[str, Side], latency: float) -> dict[str, Any]:
    """What each side adds to the floor, at each turn, and how that grows."""
    early, late = TURNS
    found: dict[str, Any] = {
        "latency": latency,
        "floor_ms": {at: round(sides["floor"].median_ms(at, 0), 1) for at in TURNS},
    }
    for name in ("assetql", "stock"):
        added = {
            which: {
                at: sides[name].median_ms(at, index) - sides["floor"].median_ms(at, index)
                for at in TURNS
            }
            for index, which in enumerate(("wall", "cpu"))
        }
        found[name] = {
            "added_ms": {at: round(ms, 1) for at, ms in added["wall"].items()},
            "added_cpu_ms": {at: round(ms, 1) for at, ms in added["cpu"].items()},
            "growth": round(added["wall"][late] / added["wall"][early], 2),
            "cpu_growth": round(added["cpu"][late] / added["cpu"][early], 2),
        }
    found["aim"] = {"added_ms": AIM_MS, "growth": AIM_GROWTH}
    return found


def main() -> None:
    """Prints the table, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="a tenth of the latency")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    latency, rounds = (0.1, 5) if options.quick else (options.latency, options.rounds)
    with tempfile.TemporaryDirectory() as home:
        found = asyncio.run(run(Path(home), latency=latency, rounds=rounds))
    if options.json:
        print(json.dumps(found))
        return
    print(f"two calls of the model: {found['floor_ms'][TURNS[0]]} ms (latency × {latency})")
    for name in ("assetql", "stock"):
        side = found[name]
        print(
            f"{name:8} adds {side['added_ms'][10]} ms at turn 10 and {side['added_ms'][190]} ms at "
            f"turn 190 ({side['growth']}×); CPU {side['added_cpu_ms'][10]} and "
            f"{side['added_cpu_ms'][190]} ms ({side['cpu_growth']}×)"
        )
    print(f"aim: at most {AIM_MS} ms and {AIM_GROWTH}×")


if __name__ == "__main__":
    main()
