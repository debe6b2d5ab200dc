"""The Idempotency-Key header: a request that is sent again is answered as the first time.

The first one leaves a record while it runs. The record has a lease: where the process died, the
repeat runs again, which is safe because use cases do a thing once per key.
"""

import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import Depends, Header, Request
from starlette.responses import Response

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict
from assetql.domain.identity import Principal
from integrations.api.bodies import JsonRequest
from integrations.api.dependencies import agent_of, caller_of
from integrations.api.problems import answer_to, problem
from integrations.api.routes import Route

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)  # longer than any mutating route takes
_PATTERN = r"^[!-~]{1,255}$"
_MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("content-type", "etag", "location")
_NOT_KEPT = frozenset(
    {401, 403, 413, 429}
)  # said before anything was done; may be different next time
# Headers that say what is asked, as a body does: AgentCore's names the thread.
_ASKING_HEADERS = ("x-amzn-bedrock-agentcore-runtime-session-id",)
_LARGEST = 128 * 1024  # bytes of an answer; a record of DynamoDB holds 400 KB, escaped
_BOUNDARY = re.compile(rb'boundary="?([^";,]+)"?')
_STATE = "idempotency_key"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def idempotency_key(
    request: Request,
    header: Annotated[
        str | None,
        Header(
            alias=HEADER,
            pattern=_PATTERN,
            description="The same key and body get the same answer for 24 hours",
            examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        ),
    ] = None,
) -> str:
    """The key of the use case that an `IdempotentRoute` calls; made up where none was sent."""
    del header  # declared for the schema; the route has read it
    return cast("str", getattr(request.state, _STATE))


Key = Annotated[str, Depends(idempotency_key)]


class IdempotentRoute(Route):
    """A route that answers a repeated request from the record of the first."""

    def get_route_handler(self) -> Handler:
        """FastAPI's handler behind the record."""
        handler = super().get_route_handler()

        async def idempotent(request: Request) -> Response:
            setattr(request.state, _STATE, f"http:{uuid4().hex}")
            if request.method not in _MUTATING:
                return await handler(request)
            caller = caller_of(request)  # before anything of the body is read
            request = JsonRequest(request.scope, request.receive)
            sent = request.headers.get(HEADER)
            if sent is None or not re.match(_PATTERN, sent):
                return await handler(request)  # which refuses a key that is none
            first = await _begin(request, caller, sent)
            return first if isinstance(first, Response) else await _run(handler, request, first)

        return idempotent


async def _begin(request: Request, caller: Principal, sent: str) -> DoorRecord | Response:
    """A record of ours, or what to answer because there is one already."""
    agent = agent_of(request)
    now = agent.services.clock.now()
    asked = await _fingerprint(request)
    user = sha256(caller.user.encode(errors="backslashreplace")).hexdigest()[:32]
    # With what was asked in it, no other request can ever meet what this one made.
    setattr(request.state, _STATE, f"http:{user}:{sha256(sent.encode()).hexdigest()[:32]}:{asked}")
    record = DoorRecord(
        owner=caller.workspace,
        kind=RecordKind.ANSWER,
        key=f"{user}:{sent}",
        created_at=now,
        document={"asked": asked},
        expires_at=now + LEASE,
    )
    there = await agent.call(agent.services.stores.doors.add, record, now=now)
    return _again(there, asked) if there else record


def _again(there: DoorRecord, asked: str) -> Response:
    """The answer to a key that was used before."""
    if there.document["asked"] != asked:
        return problem(
            Conflict(
                f"The {HEADER} was used for another request.",
                remedy="Send a new key, or the same request as before.",
            )
        )
    if "status" not in there.document:
        running = problem(
            Conflict(
                f"A request with this {HEADER} is still running.",
                remedy="Send it again in a moment to get its answer.",
            )
        )
        running.headers["Retry-After"] = "1"
        return running
    headers = cast("dict[str, str]", there.document["headers"])
    return Response(
        cast("str", there.document["body"]).encode("latin-1"),
        cast("int", there.document["status"]),
        {**headers, REPLAYED: "true"},
    )


async def _run(handler: Handler, request: Request, record: DoorRecord) -> Response:
    """Answers for the first time; the record keeps the answer, or is gone."""
    agent = agent_of(request)
    try:
        response = await handler(request)
    except Exception as error:
        answer = answer_to(error)
        if answer is None:
            await _forget(agent, record)
            raise
        response = answer
    if _keeps(response):
        await _keep(agent, record, response)
    else:
        await _forget(agent, record)
    return response


def _keeps(response: Response) -> bool:
    """Whether a repeat is to get the same; a stream has no body, a secret is not kept."""
    body = getattr(response, "body", None)
    final = response.status_code < 500 and response.status_code not in _NOT_KEPT
    secret = "no-store" in response.headers.get("cache-control", "")
    return final and not secret and body is not None and len(body) <= _LARGEST


async def _keep(agent: AgentServices, record: DoorRecord, response: Response) -> None:
    answer = {
        **record.document,
        "status": response.status_code,
        "headers": {k: v for k, v in response.headers.items() if k in _KEPT_HEADERS},
        "body": bytes(response.body).decode("latin-1"),  # JSON holds every byte this way
    }
    until = agent.services.clock.now() + KEPT
    kept = replace(record, document=answer, expires_at=until, version=record.version + 1)
    with suppress(Conflict):  # it took longer than the lease, and a repeat of it was faster
        await agent.call(agent.services.stores.doors.save, kept)


async def _forget(agent: AgentServices, record: DoorRecord) -> None:
    doors = agent.services.stores.doors
    await agent.call(doors.delete, record.owner, record.kind, record.key)


async def _fingerprint(request: Request) -> str:
    """What was asked, as 32 hex digits; a form's boundary differs each time and means nothing."""
    body = await request.body()
    kind = request.headers.get("content-type", "").encode("latin-1")
    boundary = _BOUNDARY.search(kind)
    if kind.startswith(b"multipart/") and boundary:
        kind, body = kind.replace(boundary[1], b""), body.replace(boundary[1], b"")
    where = f"{request.method} {request.url.path}?{request.url.query}".encode()
    said = [repr(request.headers.getlist(name)).encode() for name in _ASKING_HEADERS]
    return sha256(b"\0".join((where, kind, *said, body))).hexdigest()[:32]
