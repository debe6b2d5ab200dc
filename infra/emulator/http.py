"""Requests and answers of a stand-in, as ASGI."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from infra.emulator.scripts import Stage

Scope = MutableMapping[str, Any]
Channel = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Request:
    """`name` is the model or endpoint of the path `/…/{name}/{action}`."""

    method: str
    name: str
    action: str
    headers: Mapping[str, str]
    body: bytes
    port: int


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


async def read_request(scope: Scope, receive: Channel) -> Request:
    """The request, its body whole."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    # The name may hold slashes, which only the raw path shows as escaped.
    path = scope["raw_path"].decode().partition("?")[0]
    _, _, name, action = path.split("/", 3)
    headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
    return Request(
        scope["method"], unquote(name), action, headers, b"".join(parts), scope["server"][1]
    )


async def send_reply(send: Channel, reply: Reply) -> None:
    """The answer and its length."""
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    await start(send, reply.status, headers)
    await send({"type": "http.response.body", "body": reply.body})


async def start(send: Channel, status: int, headers: Mapping[str, str]) -> None:
    """The head of an answer."""
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


def as_json(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    named = {"content-type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(document, ensure_ascii=False).encode(), named)


def refused(code: str, status: int, message: str, **more: object) -> Reply:
    """An error as AWS's REST-JSON services answer it."""
    return as_json({"message": message, **more}, status, {"x-amzn-errortype": code})


def stage_reply(stage: Stage, request: Request) -> Reply | None:
    """The answer to whoever directs the stand-in; None for what a client of AWS asks."""
    if (request.method, request.action) == ("GET", "requests"):
        return as_json(stage.requests(request.name))
    if (request.method, request.action) != ("PUT", "script"):
        return None
    try:
        stage.play(request.name, request.body)
    except ValidationError as error:
        return as_json({"message": str(error)}, 400)
    return as_json({})
