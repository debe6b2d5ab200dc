"""How many requests one caller may have under way: streams that stay open, bodies that crawl."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from assetql.domain.errors import RateLimited
from assetql.domain.identity import Principal
from integrations.api.problems import problem

_ANYBODYS = ("/healthz", "/readyz", "/slack/")  # Slack asks for all its people
_PATIENCE = 5  # seconds; a stream may end at any moment


class AtOnce:
    """The middleware that counts them, behind the one that knows who asks; in this process."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most
        self._open: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] != "http" or str(scope["path"]).startswith(_ANYBODYS):
            await self._app(scope, receive, send)
            return
        caller = _name(HTTPConnection(scope))
        under_way = self._open.get(caller, 0)
        if under_way >= self._most:
            await problem(self._too_many())(scope, receive, send)
            return
        self._open[caller] = under_way + 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._end(caller)

    def _end(self, caller: str) -> None:
        left = self._open[caller] - 1
        if left:
            self._open[caller] = left
        else:
            del self._open[caller]

    def _too_many(self) -> RateLimited:
        return RateLimited(
            f"{self._most} requests of this caller are under way here.",
            retry_after=_PATIENCE,
            remedy="End streams that nobody follows, or wait as long as Retry-After says.",
        )


def _name(connection: HTTPConnection) -> str:
    """Who asks; by the address those whom nobody knows."""
    principal: object = connection.state.principal
    if isinstance(principal, Principal):
        return f"{principal.workspace} {principal.user}"
    return connection.client.host if connection.client else ""
