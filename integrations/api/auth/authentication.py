"""Who is behind a request: found once, before any route or mounted app sees it."""

from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from assetql.domain.errors import AssetQLError, Unauthenticated
from assetql.domain.identity import Principal
from integrations.api.auth.same_origin import changes, refuse_other_sites, require_loopback_host
from integrations.api.limits import RateLimits
from integrations.api.problems import problem

# Asked by load balancers, by a page for each of its files and pictures, and by Slack for all.
_UNCOUNTED = (
    "/healthz",
    "/readyz",
    "/slack/",
    "/ui/assets/",
    "/ui/media/",
    "/ui/static/",
    "/ui/svelte/",
)


class Authenticator(Protocol):
    """One way in, or several of them one after another."""

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """Who asks; None where the request holds no credentials. Raises: AssetQLError."""
        ...


class NoAuthentication:
    """Whoever reaches this machine's own address is the person whose laptop it is."""

    def __init__(self, owner: Principal) -> None:
        self._owner = owner

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """The owner. Raises: Forbidden for pages of other sites that the owner's browser has."""
        require_loopback_host(connection)
        if changes(connection):
            refuse_other_sites(connection)
        return self._owner


class Authentication:
    """Puts the caller into the request's state, for the app and whatever is mounted in it.

    A request without credentials passes: public routes answer it, all others refuse it. Callers
    are counted, and by their address those whom nobody knows.
    """

    def __init__(self, app: ASGIApp, authenticator: Authenticator, limits: RateLimits) -> None:
        self._app = app
        self._authenticator = authenticator
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] in {"http", "websocket"}:
            connection = HTTPConnection(scope)
            try:
                connection.state.principal = await self._counted(connection)
            except AssetQLError as error:
                await problem(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _counted(self, connection: HTTPConnection) -> Principal | None:
        """Raises: RateLimited, and what the authenticator does."""
        if str(connection.scope["path"]).startswith(_UNCOUNTED):
            return await self._authenticator.principal(connection)
        address = connection.client.host if connection.client else ""
        try:
            principal = await self._authenticator.principal(connection)
        except Unauthenticated:
            self._limits.count(address)
            raise
        self._limits.count(f"{principal.workspace} {principal.user}" if principal else address)
        return principal
