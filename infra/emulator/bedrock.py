"""A stand-in for Bedrock's runtime: Converse and ConverseStream by their true wire protocol.

It knows the models whose name has `stand-in` in it, such as `anthropic.claude-stand-in-v1:0`, and
answers as the offline planner, tagger and optimiser do. `PUT /model/{id}/script` directs it.
"""

import asyncio
import json
import re
import time
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any

from infra.emulator import eventstream
from infra.emulator.converse_rules import fault_of
from infra.emulator.http import (
    Channel,
    Reply,
    Request,
    Scope,
    as_json,
    read_request,
    refused,
    send_reply,
    stage_reply,
    start,
)
from infra.emulator.scripts import Answer, Script, Stage
from infra.emulator.tokens import PromptCache

NAME = "stand-in"
_ERRORS = {
    "AccessDeniedException": 403,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "ValidationException": 400,
}
_WORD = re.compile(r"\S+\s*|\s+")
_HEADERS = {"x-stand-in": "offline planner"}
_STAGE = Stage()
_CACHE = PromptCache()

Document = Mapping[str, Any]
Event = tuple[str, Document]


async def application(scope: Scope, receive: Channel, send: Channel) -> None:
    """The ASGI application for `/model/…`."""
    request = await read_request(scope, receive)
    reply = stage_reply(_STAGE, request)
    if reply is None:
        reply = await _while_there(receive, _converse(request, send))
    if reply is not None:
        await send_reply(send, reply)


async def _while_there(
    receive: Channel, answering: Coroutine[Any, Any, Reply | None]
) -> Reply | None:
    """What comes of it; a client that leaves ends it, as it does on the real service."""
    tasks = asyncio.ensure_future(answering), asyncio.ensure_future(receive())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()


async def _converse(request: Request, send: Channel) -> Reply | None:
    """The whole answer, or None where it was streamed."""
    begin = time.monotonic()
    if request.action not in {"converse", "converse-stream"}:
        return refused("UnknownOperationException", 404, f"No {request.action!r} here.")
    if NAME not in request.name:
        return refused("ValidationException", 400, "The provided model identifier is invalid.")
    script, answer = _STAGE.next_answer(request.name, request.body)
    if answer.error and answer.after is None:
        return refused(answer.error, _ERRORS[answer.error], answer.message)
    document = json.loads(request.body)
    fault = fault_of(document)
    if fault:
        return refused("ValidationException", 400, fault)
    content = answer.content or await asyncio.to_thread(_built_in, document)
    usage = _CACHE.usage(request.name, document, content)
    if request.action == "converse-stream":
        events = list(_events(content, usage, begin))
        await _stream(send, events, script, answer)
        return None
    await asyncio.sleep((script.first_token_ms + script.per_token_ms * _words(content)) / 1000)
    return as_json(
        {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _stop_reason(content),
            "usage": usage,
            "metrics": {"latencyMs": round((time.monotonic() - begin) * 1000)},
        },
        headers=_HEADERS,
    )


def _built_in(document: Document) -> list[dict[str, Any]]:
    # Late: scripted answers need neither the planner nor LangChain.
    from infra.emulator.brain import answer

    return answer(document)


def _words(content: list[Any]) -> int:
    return sum(len(_WORD.findall(block.get("text", ""))) for block in content)


def _stop_reason(content: list[Any]) -> str:
    return "tool_use" if any("toolUse" in block for block in content) else "end_turn"


def _events(content: list[Any], usage: Document, begin: float) -> Iterator[Event]:
    yield "messageStart", {"role": "assistant"}
    for index, block in enumerate(content):
        for kind, payload in _block_events(block):
            yield kind, {"contentBlockIndex": index, **payload}
    yield "messageStop", {"stopReason": _stop_reason(content)}
    latency = round((time.monotonic() - begin) * 1000)
    yield "metadata", {"usage": usage, "metrics": {"latencyMs": latency}}


def _block_events(block: Document) -> Iterator[Event]:
    """Text comes without a start, as from Bedrock; a call's input in pieces that are no JSON."""
    if "text" in block:
        for word in _WORD.findall(block["text"]):
            yield "contentBlockDelta", {"delta": {"text": word}}
    else:
        call = block["toolUse"]
        named = {key: call[key] for key in ("toolUseId", "name")}
        yield "contentBlockStart", {"start": {"toolUse": named}}
        text = json.dumps(call["input"], ensure_ascii=False)
        middle = len(text) // 2
        for piece in (text[:middle], text[middle:]):
            yield "contentBlockDelta", {"delta": {"toolUse": {"input": piece}}}
    yield "contentBlockStop", {}


async def _stream(send: Channel, events: list[Event], script: Script, answer: Answer) -> None:
    await start(send, 200, {"content-type": "application/vnd.amazon.eventstream", **_HEADERS})
    broken = answer.cut or bool(answer.error)
    # Each token by the clock, not so long after the last one: lateness must not add up.
    due = time.monotonic() + script.first_token_ms / 1000
    for kind, payload in events[: answer.after] if broken else events:
        if kind in {"contentBlockStart", "contentBlockDelta"}:
            await asyncio.sleep(max(0, due - time.monotonic()))
        if "text" in payload.get("delta", {}):
            due += script.per_token_ms / 1000
        await _send_part(send, eventstream.event(kind, payload))
    if answer.cut:
        return  # without the end that HTTP asks for: the server drops the connection
    if answer.error:
        kind = answer.error[0].lower() + answer.error[1:]
        await _send_part(send, eventstream.exception(kind, answer.message))
    await send({"type": "http.response.body", "body": b""})


async def _send_part(send: Channel, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
