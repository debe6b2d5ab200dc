"""Conversations over HTTP: what the door adds to the first sentence, and fifty at once.

    python -m benchmarks.conversations [--latency X] [--rounds N] [--json]

The model is scripted: 300 ms to its first token and 800 ms for 40 of them, times X. The door is
`assetql up`'s app behind uvicorn, asked by the langgraph-sdk client over the
loopback, each conversation in a thread of its own.

Release: from when the last token of an answer's first sentence has come from the model to when a
reader has the sentence; the floor is the same turn read in process, turn about. At once: turns
without a tool, all begun together at a door with a process of its own; the floor is such a turn
alone.
"""

import argparse
import asyncio
import json
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGenerationChunk
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from agent.events import Token, chat_events
from agent.inbox import NewMessage
from agent.scripted import ScriptedModel
from agent.services import AgentServices, open_agent
from agent.turn import run_turn
from assetql.services import open_services
from assetql.settings import Settings
from benchmarks.api_get import process, serve_app
from benchmarks.turn import ASK, FIRST_TOKEN, OWNER, PER_TOKEN
from integrations.api.auth.choose import open_authenticator
from integrations.cli.serve import create_doors
from tests.support.serving import serving

AIM_MS, AIM_RATIO, AT_ONCE = 30.0, 3.0, 50
FIRST = "The batch is all made. "
SAYS = (
    FIRST
    + "Its card shows the rest of it, as it has been told you ever before now. " * 2
    + "So it is all done."
)


class Timed(ScriptedModel):
    """Notes when the first sentence was there."""

    arrived: float = 0.0

    async def _astream(self, *given: Any, **named: Any) -> AsyncIterator[ChatGenerationChunk]:
        text = ""
        async for chunk in super()._astream(*given, **named):
            text += chunk.message.text
            if len(text) <= len(FIRST):
                self.arrived = time.perf_counter()
            yield chunk


def says(_: object) -> AIMessage:
    """The answer to whatever was asked."""
    return AIMessage(SAYS)


async def in_process(agent: AgentServices) -> float:
    """When a reader in this process had the first sentence."""
    message = NewMessage(message_id=uuid4().hex, text=ASK)
    released = 0.0
    parts = run_turn(agent, caller=OWNER, thread_id=str(uuid4()), message=message)
    async for event in chat_events(parts):
        if isinstance(event, Token) and not released:
            released = time.perf_counter()
    return released


async def over_http(client: LangGraphClient) -> float:
    """When a reader of the stream had it."""
    released = 0.0
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": ASK}]}
    stream = client.runs.stream(
        str(uuid4()),
        "assetql",
        input=asked,
        stream_mode=["messages-tuple"],
        if_not_exists="create",
    )
    async for part in stream:
        if part.event == "error":
            raise RuntimeError(part.data)
        if part.event.startswith("messages") and not released:
            released = time.perf_counter()
    if not released:
        raise RuntimeError("The stream ended without a sentence.")
    return released


async def timed(client: LangGraphClient) -> float:
    """Seconds of a whole turn, from the request to the end of its stream."""
    began = time.perf_counter()
    await over_http(client)
    return time.perf_counter() - began


async def releases(agent: AgentServices, model: Timed, url: str, rounds: int) -> dict[str, float]:
    """Milliseconds to the first sentence on both ways; the first round warms up."""
    client = get_client(url=url)
    found: dict[str, list[float]] = {"in_process": [], "http": []}
    for number in range(rounds + 1):
        for name, reader in (("in_process", in_process(agent)), ("http", over_http(client))):
            delay = await reader - model.arrived
            if number:
                found[name].append(1_000 * delay)
    return {name: statistics.median(delays) for name, delays in found.items()}


async def crowd(url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of turns alone, and of turns at once."""
    client = get_client(url=url)
    await timed(client)
    alone = [await timed(client) for _ in range(rounds)]
    together = [
        took
        for _ in range(3)
        for took in await asyncio.gather(*(timed(client) for _ in range(AT_ONCE)))
    ]
    return alone, together


@contextmanager
def opened(home: Path, latency: float) -> Generator[tuple[AgentServices, Timed, FastAPI]]:
    """The app over a home, with the model that it asks."""
    model = Timed(script=says, first_token=FIRST_TOKEN * latency, per_token=PER_TOKEN * latency)
    services = open_services(Settings(home=home, requests_per_minute=10**9))
    agent = open_agent(services, model=model)
    try:
        yield agent, model, create_doors(agent, open_authenticator(services, no_auth=True))
    finally:
        agent.close()
        services.close()


def serve(listener: socket.socket, home: Path, latency: float) -> None:
    """The process of the door that many talk to."""
    with opened(home, latency) as (_, _, app):
        serve_app(app, listener)


def run(home: Path, latency: float, rounds: int) -> dict[str, Any]:
    """Both figures, one after the other."""
    with opened(home / "one", latency) as (agent, model, app), serving(app) as url:
        release = asyncio.run(releases(agent, model, url, rounds))
    with process(serve, home / "many", latency) as port:
        alone, together = asyncio.run(crowd(f"http://127.0.0.1:{port}", rounds))
    p50, p99 = statistics.median(alone), statistics.quantiles(together, n=100)[98]
    return {
        "release_ms": {name: round(ms, 1) for name, ms in release.items()},
        "release_added_ms": round(release["http"] - release["in_process"], 1),
        "alone_p50_ms": round(1_000 * p50),
        "at_once": AT_ONCE,
        "at_once_p50_ms": round(1_000 * statistics.median(together)),
        "at_once_p99_ms": round(1_000 * p99),
        "p99_to_p50_alone": round(p99 / p50, 2),
        "aim": {"release_added_ms": AIM_MS, "p99_to_p50_alone": AIM_RATIO},
    }


def main() -> None:
    """Prints two lines, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        found = run(Path(home), options.latency, options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    release = found["release_ms"]
    print(
        f"first sentence after its arrival: {release['in_process']} ms in process, "
        f"{release['http']} ms over HTTP: {found['release_added_ms']} more (aim ≤ {AIM_MS})"
    )
    print(
        f"a turn alone: p50 {found['alone_p50_ms']} ms; {AT_ONCE} at once: p50 "
        f"{found['at_once_p50_ms']}, p99 {found['at_once_p99_ms']} ms: "
        f"{found['p99_to_p50_alone']}× (aim ≤ {AIM_RATIO})"
    )


if __name__ == "__main__":
    main()
