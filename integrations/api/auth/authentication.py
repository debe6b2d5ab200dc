"""Who is behind a request: found once, before any route or mounted app sees it."""

from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from assetql.domain.errors import AssetQLError
from assetql.domain.identity import Principal
from integrations.api.problems import problem


class Authenticator(Protocol):
    """One way in, or several of them one after another."""

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """Who asks; None where the request holds no credentials. Raises: Unauthenticated."""
        ...


class NoAuthentication:
    """Everybody is the person whose laptop it is."""

    def __init__(self, owner: Principal) -> None:
        self._owner = owner

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """The owner, whoever asks."""
        del connection
        return self._owner


class Authentication:
    """Puts the caller into the request's state, for the app and whatever is mounted in it.

    A request without credentials passes: public routes answer it, all others refuse it.
    """

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] in {"http", "websocket"}:
            connection = HTTPConnection(scope)
            try:
                principal = await self._authenticator.principal(connection)
            except AssetQLError as error:
                await problem(error)(scope, receive, send)
                return
            connection.state.principal = principal
        await self._app(scope, receive, send)
