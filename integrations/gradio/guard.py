"""What stands before the page: login, whose session it is, and what the browser may load."""

import re
from collections import OrderedDict
from threading import Lock
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    r"|upload_progress|login_check/?)|heartbeat/\w+|(call|run)/.+|file=(?!https?:).+)"
)
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

    async def user_of(self, request: Request) -> str | None:
        """Gradio's hook: the caller's name; None where nobody, or not the session's owner, asks."""
        caller = principal_of(request)
        if caller is None:
            return None
        session = await _session_of(request)
        return caller.user if session is None or self.belongs(session, caller) else None


async def _session_of(request: Request) -> str | None:
    """The session that a request names, wherever Gradio lets it."""
    named = request.path_params.get("session_hash") or request.query_params.get("session_hash")
    if named is None and request.method == "POST" and "json" in _content_type(request):
        body = await request.json()
        named = body.get("session_hash") if isinstance(body, dict) else None  # pyright: ignore[reportUnknownMemberType]
    return str(named) if named is not None else None


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


class Guard:
    """Lets the logged in to what the page needs, and sends everybody else to the login."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        refusal = _refusal(HTTPConnection(scope), str(scope["method"]), path)
        if refusal:
            await refusal(scope, receive, send)
            return
        answer = _Answer(send, page=path in {"", "/"})
        if answer.page:  # it is edited, so it must not come compressed
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, answer.send)


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
