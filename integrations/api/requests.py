"""Around every request: its id, an event in the log, headers for browsers, the last resort."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetql.domain.identity import Principal
from assetql.telemetry.events import EventLog
from assetql.telemetry.ids import bound
from integrations.api.problems import REQUEST, answer_to, unforeseen

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_EVENTS = EventLog(__name__)

SECURITY = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Requests:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {**SECURITY, **(OVER_HTTPS if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        answer = _Answer(send, {HEADER: request_id, **self._headers})
        began = perf_counter()
        with bound(**{REQUEST: request_id}):
            try:
                await self._app(scope, receive, answer.send)
            except Exception as error:  # noqa: BLE001 - nobody else is left to answer
                await self._last_resort(error, answer, scope, receive)
            finally:
                _note(scope, answer.status, perf_counter() - began)

    async def _last_resort(
        self, error: Exception, answer: "_Answer", scope: Scope, receive: Receive
    ) -> None:
        response = answer_to(error)
        if response is None:
            _EVENTS.crash("request.crashed", error, route=_route(scope))
            response = unforeseen()
        if answer.status:
            raise error  # so that the server cuts off what can't be completed
        await response(scope, receive, answer.send)


@dataclass
class _Answer:
    """What is sent, with the headers that every answer has."""

    to: Send
    headers: Mapping[str, str]
    status: int = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                headers.setdefault(name, value)
        await self.to(message)


def _request_id(scope: Scope) -> str:
    """The client's own, if it can stand in a log."""
    sent = Headers(scope=scope).get(HEADER, "")
    return sent if _SANE.fullmatch(sent) else uuid4().hex


def _note(scope: Scope, status: int, seconds: float) -> None:
    principal = scope.get("state", {}).get("principal")
    _EVENTS.info(
        "request.answered",
        method=scope["method"],
        route=_route(scope),
        status=status,
        ms=round(seconds * 1000, 1),
        workspace=principal.workspace if isinstance(principal, Principal) else None,
    )


def _route(scope: Scope) -> str | None:
    """The route's template; a path may hold names."""
    route: Any = scope.get("route")
    path = getattr(route, "path", None)
    return str(path) if path is not None else None
