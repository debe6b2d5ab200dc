"""What stands before the page: login, whose session it is, and what the browser may load."""

import json
import re
from collections import OrderedDict
from threading import Lock
from typing import cast
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetql.domain.documents import MOST_BYTES, has_too_many_values
from assetql.domain.identity import Principal
from integrations.gradio.playground import principal_of

_MOST_SESSIONS = 10_000
# Gradio builds templates by Function and styles elements in place: hence the two 'unsafe-'.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Of Gradio's own routes those that the page and its clients need; no proxying, no other's files.
_OPEN = re.compile(
    r"/?|/(assets|static|svelte)/.+|/theme\.css|/config/?|/favicon\.ico|/gradio_api/("
    r"(startup-events|app_id|theme\.css|info/?|queue/join|queue/data|cancel|reset/?|upload"
    r"|upload_progress|login_check/?)|heartbeat/\w+|(call|run)/(?!v2/).+|file=(?!https?:).+)"
)
# An event without a session of its own is read by its id, as any session would be.
_NAMING = re.compile(r"/gradio_api/(heartbeat|call/[^/]+)/(?P<session>[^/]+)/?")
_FILES = ("/gradio_api/upload",)  # streamed to the disk; it names no session
# The template speaks of Gradio's own site, and of a manifest at the root, which is the API's.
_FOREIGN = re.compile(rb"\s*<(?:meta\s[^>]*(?:og:|twitter:)[^>]*|link rel=\"manifest\"[^>]*)>")

_ICON = (
    b"<link rel='icon' href=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' "
    b"viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='%230f766e'/>"
    b"<path d='M16 6l8 10-8 10-8-10z' fill='white'/></svg>\">"
)


class Sessions:
    """Whose a browser session is. Who names another's gets nothing of it."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, Principal] = OrderedDict()
        self._lock = Lock()

    def belongs(self, session: str, caller: Principal) -> bool:
        """Whether it is the caller's; the first who names it owns it."""
        with self._lock:
            owner = self._owners.setdefault(session, caller)
            self._owners.move_to_end(session)
            if len(self._owners) > _MOST_SESSIONS:
                self._owners.popitem(last=False)
        return (owner.workspace, owner.user) == (caller.workspace, caller.user)


def user_of(request: Request) -> str | None:
    """Gradio's hook: the caller's name; None where nobody asks."""
    caller = principal_of(request)
    return caller.user if caller else None


def _sessions_of(request: Request, path: str, sent: object) -> set[str]:
    """Every session that a request names: Gradio's routes differ on where they read it."""
    named: list[object] = list(request.query_params.getlist("session_hash"))
    by_path = _NAMING.fullmatch(path)
    if by_path:
        named.append(by_path["session"])
    if isinstance(sent, dict):
        named.append(cast("dict[str, object]", sent).get("session_hash"))
    return {str(session) for session in named if session is not None}


def _json(body: bytes) -> object:
    """None for what is no JSON, which Gradio refuses, or too long."""
    try:
        return json.loads(body) if 0 < len(body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None


def _names_addresses(sent: object) -> bool:
    """Whether there is a file in it that Gradio would fetch from somewhere."""
    left = [sent]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += cast("list[object]", value)
        elif isinstance(value, dict):
            fields = cast("dict[str, object]", value)
            if str(fields.get("path")).startswith(("http://", "https://")):
                return True
            left += fields.values()
    return False


class Guard:
    """Lets the logged in to what the page needs, and sends everybody else to the login."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        refusal = _refusal(HTTPConnection(scope), str(scope["method"]), path)
        if refusal is None and path not in _FILES:
            receive, refusal = await self._checked(scope, receive, path)
        if refusal:
            await refusal(scope, receive, send)
            return
        answer = _Answer(send, page=path in {"", "/"})
        # Without an origin Gradio lets no page of another one read its answers.
        dropped = {b"origin", *([b"accept-encoding"] if answer.page else [])}  # the page is edited
        kept = [(name, value) for name, value in scope["headers"] if name not in dropped]
        await self._app({**scope, "headers": kept}, receive, answer.send)

    async def _checked(
        self, scope: Scope, receive: Receive, path: str
    ) -> tuple[Receive, Response | None]:
        """The body, to be read again, and why it is refused: its size, its session, its files."""
        request = Request(scope, receive)
        body = await request.body()
        sent = _json(body)
        if len(body) > MOST_BYTES or has_too_many_values(sent):
            return receive, PlainTextResponse("This is too much.", status_code=413)
        if _names_addresses(sent):
            return receive, PlainTextResponse("Files are uploaded.", status_code=403)
        caller = principal_of(request)
        assert caller
        if all(self._sessions.belongs(each, caller) for each in _sessions_of(request, path, sent)):
            return _again(body, receive), None
        return receive, PlainTextResponse("This session is another's.", status_code=401)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then what the server has to say."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Message:
        return left.pop() if left else await receive()

    return once_more


def _refusal(connection: HTTPConnection, method: str, path: str) -> Response | None:
    if principal_of(connection) is None:
        if method == "GET" and path in {"", "/"}:
            query = f"?{connection.url.query}" if connection.url.query else ""
            back = quote(f"{connection.url.path}{query}", safe="")
            return RedirectResponse(f"/login?next={back}", status_code=303)
        return PlainTextResponse("Nobody is logged in.", status_code=401)
    if not _OPEN.fullmatch(path):
        return PlainTextResponse("Not found.", status_code=404)
    return None


class _Answer:
    """Adds the headers; of the page itself, takes out what speaks of elsewhere."""

    def __init__(self, send: Send, *, page: bool) -> None:
        self._send = send
        self.page = page
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Starlette's protocol."""
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
            if self.page:
                self._start = message
                return
        elif self.page and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._whole()
            return
        await self._send(message)

    async def _whole(self) -> None:
        body = _FOREIGN.sub(b"", self._body).replace(b"</head>", _ICON + b"</head>", 1)
        assert self._start is not None
        MutableHeaders(scope=self._start)["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
