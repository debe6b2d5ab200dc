"""What can happen to a request between boto3 and AWS; each fault in the service's own wire shape.

A fault is given the request and what forwards it, and answers; or raises `Dropped`, and the
connection is reset.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4
from xml.sax.saxutils import escape

from tests.support.fault_proxy.traffic import Reply, Request

Forward = Callable[[Request], Awaitable[Reply]]


class Dropped(Exception):
    """The client gets no reply."""


class Fault(Protocol):
    """`name` is what the log says."""

    @property
    def name(self) -> str: ...

    async def __call__(self, request: Request, forward: Forward) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Delay:
    """It arrives late. Longer than the client waits, it is a timeout with an effect."""

    seconds: float
    name: str = "delay"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        await asyncio.sleep(self.seconds)
        return await forward(request)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset before the request arrives."""

    name: str = "reset"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        raise Dropped


@dataclass(frozen=True, slots=True)
class LostReply:
    """The request has its effect, and the connection is reset before the reply arrives."""

    name: str = "lost reply"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        await forward(request)
        raise Dropped


@dataclass(frozen=True, slots=True)
class Repeated:
    """The request arrives several times: what a retry on the way does."""

    times: int = 2
    name: str = "repeated"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        for _ in range(self.times - 1):
            await forward(request)
        return await forward(request)


@dataclass(frozen=True, slots=True)
class Altered:
    """The JSON of the request is changed on the way, in place."""

    change: Callable[[dict[str, Any]], None]
    name: str = "altered"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        document = request.document
        self.change(document)
        return await forward(request.with_document(document))


@dataclass(frozen=True, slots=True)
class Refused:
    """The service answers with an error; the request has no effect."""

    error: str  # a key of ERRORS
    name: str = "refused"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        status, code = ERRORS[self.error].get(request.service, ERRORS[self.error][""])
        return error_reply(request, status, code)


# What each service calls it, with the status that it comes under; "" stands for the others.
ERRORS: dict[str, dict[str, tuple[int, str]]] = {
    "throttled": {
        "dynamodb": (400, "ProvisionedThroughputExceededException"),
        "s3": (503, "SlowDown"),
        "sqs": (403, "RequestThrottled"),
        "bedrock": (429, "ThrottlingException"),
        "": (400, "ThrottlingException"),
    },
    "internal": {
        "dynamodb": (500, "InternalServerError"),
        "s3": (500, "InternalError"),
        "sqs": (500, "InternalError"),
        "bedrock": (500, "InternalServerException"),
        "": (500, "InternalFailure"),
    },
    "unavailable": {
        "bedrock": (503, "ServiceUnavailableException"),
        "": (503, "ServiceUnavailable"),
    },
}


def error_reply(request: Request, status: int, code: str) -> Reply:
    """An error as the request's service words it."""
    text = f"{code}, by the fault proxy."
    identity = (b"x-amzn-requestid", str(uuid4()).encode())
    if request.service == "s3":
        body = f"<Error><Code>{escape(code)}</Code><Message>{escape(text)}</Message></Error>"
        document = b"" if request.method == "HEAD" else body.encode()
        return Reply(status, ((b"content-type", b"application/xml"), identity), document)
    kind = (b"content-type", b"application/x-amz-json-1.0")
    named = (b"x-amzn-errortype", code.encode())
    if request.service == "sqs":  # its codes of the query protocol are still what clients see
        named = (b"x-amzn-query-error", f"{code};Receiver".encode())
    reply = Reply(status, (kind, named, identity), b"")
    return reply.with_document({"__type": code, "message": text})


RESET = Reset()
LOST_REPLY = LostReply()
REPEATED = Repeated()
THROTTLED = Refused("throttled", "throttled")
INTERNAL = Refused("internal", "500")
UNAVAILABLE = Refused("unavailable", "503")
