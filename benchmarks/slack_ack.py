"""How soon Slack's requests are acknowledged when many come at once, beside a bare Bolt app.

    python -m benchmarks.slack_ack [--events N] [--rounds N] [--json]

Fifty signed events over as many connections at the same moment, to the app as it is served: each
is stored and acknowledged, and fifty conversations with a model that takes 300 ms to its first
token and 800 ms for 40 of them go on meanwhile. The floor is Bolt's own app behind the same server
in the same run: it verifies the same signatures, and its listener does nothing. Slack sends again
what is not acknowledged within 3 s. Each figure is from the request's first byte to its answer.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from aiohttp import web
from fastapi import FastAPI, Request, Response
from langchain_core.messages import AIMessage, BaseMessage
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from agent.scripted import ScriptedModel
from agent.services import open_agent
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings
from integrations.api.app import create_api
from integrations.api.auth.authentication import NoAuthentication
from integrations.slack.http import mount_slack

AIM_P99_MS = 1_000.0
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FIRST_TOKEN, PER_TOKEN = 0.3, 0.02
SAYS = "All of it is made, and the card above shows what there is to be seen of it. " * 2
OWNER = Principal("default", "owner", frozenset({Role.OWNER}))


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    """Talks."""
    del messages
    return AIMessage(SAYS)


@contextmanager
def slack_stub() -> Generator[str]:
    """A Web API that says yes to everything, in a thread of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    port = 0

    async def method(request: web.Request) -> web.Response:
        await request.read()
        ids = {"team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}
        return web.json_response({"ok": True, "ts": str(time.time()), **ids})

    async def start() -> web.AppRunner:
        nonlocal port
        app = web.Application()
        app.router.add_route("*", "/api/{method}", method)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def ours(home: Path, api_url: str) -> FastAPI:
    """The API with Slack mounted, as `assetql up` has it."""
    settings = Settings.model_validate(
        {
            "home": home,
            "slack_signing_secret": SECRET,
            "slack_bot_token": "xoxb-1",
            "slack_api_url": api_url,
        }
    )
    model = ScriptedModel(script=script, first_token=FIRST_TOKEN, per_token=PER_TOKEN)
    agent = open_agent(open_services(settings), model=model)
    app = create_api(agent, authenticator=NoAuthentication(OWNER))
    mount_slack(app, agent)
    return app


def floor() -> FastAPI:
    """Bolt behind FastAPI; the listener does nothing."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT"
        )

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize)

    async def listen() -> None: ...

    bolt.event("message")(listen)
    handler = AsyncSlackRequestHandler(bolt)
    app = FastAPI()

    @app.post("/slack/events")
    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return app


def serve(side: str, home: Path, pipe: Connection) -> None:
    """A server in a process of its own, until the pipe says that it is enough."""
    with slack_stub() as api_url:
        app = ours(home, api_url) if side == "assetql" else floor()
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))

        def tell() -> None:
            while not server.started:
                time.sleep(0.01)
            pipe.send(server.servers[0].sockets[0].getsockname()[1])
            pipe.recv()
            server.should_exit = True

        threading.Thread(target=tell).start()
        server.run()


def request_of(number: int) -> tuple[str, dict[str, str]]:
    """One signed event, in a thread of its own."""
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": f"D{number}",
        "user": "U1",
        "team": "T1",
        "text": "How is my batch doing?",
        "ts": f"1700000000.{number:06d}",
    }
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": f"Ev{number}",
            "event": event,
            "authorizations": [{"team_id": "T1", "user_id": "UBOT"}],
        }
    )
    now = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={digest}"}
    return body, {**signed, "Content-Type": "application/json"}


async def burst(client: httpx.AsyncClient, url: str, numbers: range) -> list[float]:
    """All at once; seconds to each answer."""

    async def one(number: int) -> float:
        body, headers = request_of(number)
        began = time.perf_counter()
        answer = await client.post(url, content=body, headers=headers)
        answer.raise_for_status()
        return time.perf_counter() - began

    return list(await asyncio.gather(*map(one, numbers)))


async def measure(port: int, *, events: int, rounds: int, first: int) -> list[float]:
    """A burst each two seconds, so that conversations of the last are still going on."""
    url = f"http://127.0.0.1:{port}/slack/events"
    limits = httpx.Limits(max_connections=events, max_keepalive_connections=events)
    spent: list[float] = []
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        await burst(client, url, range(first, first + 2))  # imports, caches
        for index in range(1, rounds + 1):
            start = first + index * 1_000
            spent += await burst(client, url, range(start, start + events))
            await asyncio.sleep(2)
    return spent


def side(name: str, home: Path, *, events: int, rounds: int) -> dict[str, float]:
    """Milliseconds of one side."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(name, home, there))
    process.start()
    try:
        port = here.recv()
        spent = sorted(asyncio.run(measure(port, events=events, rounds=rounds, first=1)))
        here.send("enough")
    finally:
        process.join(30)
        if process.is_alive():
            process.terminate()
    return {
        "p50_ms": round(1_000 * statistics.median(spent), 1),
        "p99_ms": round(1_000 * spent[min(len(spent) - 1, int(len(spent) * 0.99))], 1),
    }


def main() -> None:
    """Prints both sides, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"events": options.events, "rounds": options.rounds}
    for name in ("floor", "assetql"):
        with tempfile.TemporaryDirectory() as home:
            found[name] = side(name, Path(home), events=options.events, rounds=options.rounds)
    found["aim"] = {"p99_ms": AIM_P99_MS}
    if options.json:
        print(json.dumps(found))
        return
    print(f"{options.events} events at once, {options.rounds} times:")
    for name in ("floor", "assetql"):
        print(f"{name:8} p50 {found[name]['p50_ms']} ms, p99 {found[name]['p99_ms']} ms")
    print(f"aim: p99 below {AIM_P99_MS:.0f} ms")


if __name__ == "__main__":
    main()
