"""Slack's servers on the loopback: Web API, files, response URLs and Socket Mode."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.slack.workspace import Message, Refused, SlackTeams

TOKENS = {"xoxb-one": "T1", "xoxb-two": "T2"}


@dataclass
class Slack:
    """A running Slack; `refused` are the calls that the real one would have refused too."""

    world: SlackTeams
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[Any])
    refused: list[str] = field(default_factory=list[str])
    limited: "Counter[str]" = field(default_factory=Counter[str])  # 429s still to come
    broken: set[str] = field(default_factory=set[str])  # methods that answer fatal_error
    hosted: dict[str, tuple[bytes, str]] = field(default_factory=dict[str, Any])
    redirects: dict[str, str] = field(default_factory=dict[str, str])
    downloads: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    acks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    socket: web.WebSocketResponse | None = None

    @property
    def address(self) -> str:
        return self.world.address

    def host(self, name: str, data: bytes, media_type: str = "application/octet-stream") -> Any:
        """A file that somebody attached, as events name it."""
        self.hosted[name] = (data, media_type)
        return {"id": f"F-{name}", "name": name, "url_private_download": f"{self.address}/f/{name}"}

    def thread(self, channel: str, thread_ts: str, team: str = "T1") -> list[Message]:
        """What everybody in the channel sees in that thread, in order."""
        return [
            message
            for message in list(self.world.messages)
            if (message.team, message.channel, message.thread_ts) == (team, channel, thread_ts)
            and message.to is None
        ]

    def whispers(self, user: str) -> list[Message]:
        """What only this person was told."""
        return [message for message in list(self.world.messages) if message.to == user]

    def asked(self, method: str) -> int:
        """How often a method was called."""
        return sum(1 for called, _ in list(self.calls) if called == method)

    def send(self, envelope: dict[str, Any]) -> None:
        """Sends an envelope over the connected socket."""

        async def put() -> None:
            assert self.socket is not None
            await self.socket.send_str(json.dumps(envelope))

        asyncio.run_coroutine_threadsafe(put(), self.loop).result(5)

    async def method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args, token = await _args(request)
        if self.limited[method] > 0:
            self.limited[method] -= 1
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": "0"})
        if method in self.broken:
            return web.json_response({"ok": False, "error": "fatal_error"})
        self.calls.append((method, args))
        try:
            return web.json_response({"ok": True, **self.world.answer(method, args, token)})
        except Refused as error:
            self.refused.append(f"{method}: {error}")
            return web.json_response({"ok": False, "error": str(error).partition(":")[0]})

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.downloads.append((name, request.headers.get("Authorization", "")))
        if name in self.redirects:
            raise web.HTTPFound(self.redirects[name])
        data, media_type = self.hosted[name]
        return web.Response(body=data, content_type=media_type)

    async def upload(self, request: web.Request) -> web.Response:
        self.world.files[request.match_info["file_id"]]["data"] = await request.read()
        return web.Response(text="OK")

    async def respond(self, request: web.Request) -> web.Response:
        body = await request.json()
        answer = {"channel": "response", "user": request.match_info["user"], **body}
        self.world.post_ephemeral(answer, request.match_info["team"])
        return web.json_response({"ok": True})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self.socket = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append(json.loads(message.data))
        return socket


async def _args(request: web.Request) -> tuple[dict[str, Any], str]:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    else:
        args |= dict(await request.post())
    token = args.pop("token", None) or request.headers.get("Authorization", "")
    return args, str(token).removeprefix("Bearer ")


@contextmanager
def slack_running() -> Generator[Slack]:
    """Two teams; on leaving, the server is gone."""
    slack = Slack(SlackTeams(TOKENS))
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/api/{method}", slack.method)
    app.router.add_get("/f/{name}", slack.file)
    app.router.add_post("/upload/{file_id}", slack.upload)
    app.router.add_post("/respond/{team}/{user}", slack.respond)
    app.router.add_get("/link", slack.link)
    started: Future[tuple[web.AppRunner, int]] = Future()
    thread = threading.Thread(target=_serve, args=(slack.loop, app, started), daemon=True)
    thread.start()
    runner, port = started.result(10)
    slack.world.address = f"http://127.0.0.1:{port}"
    try:
        yield slack
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), slack.loop).result(10)
        slack.loop.call_soon_threadsafe(slack.loop.stop)
        thread.join()
        slack.loop.close()


def _serve(
    loop: asyncio.AbstractEventLoop,
    app: web.Application,
    started: "Future[tuple[web.AppRunner, int]]",
) -> None:
    asyncio.set_event_loop(loop)

    async def start() -> None:
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        started.set_result((runner, runner.addresses[0][1]))

    loop.run_until_complete(start())
    loop.run_forever()
