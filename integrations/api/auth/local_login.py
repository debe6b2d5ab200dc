"""The login of a laptop: whoever has the link that the terminal shows is the owner."""

import hmac
import secrets

from fastapi import APIRouter, Request
from starlette.responses import Response

from assetql.domain.identity import Principal
from integrations.api.auth.pages import landing, page, redirect
from integrations.api.auth.sessions import Sessions


class LocalLogin:
    """One token for as long as the process lives; nothing of it is written anywhere."""

    def __init__(self, owner: Principal, sessions: Sessions) -> None:
        self._owner = owner
        self._sessions = sessions
        self._token = secrets.token_urlsafe(32)

    @property
    def path(self) -> str:
        """What the link to open ends in."""
        return f"/login?token={self._token}"

    def router(self) -> APIRouter:
        """`/login`, which takes the token."""
        router = APIRouter(include_in_schema=False)

        @router.get("/login")
        async def login(  # pyright: ignore[reportUnusedFunction] - a route
            request: Request, token: str | None = None
        ) -> Response:
            if token is not None and hmac.compare_digest(_bytes(token), _bytes(self._token)):
                response = redirect(landing(request.query_params.get("next")))
                await self._sessions.begin(self._owner, response)
                return response
            return page(
                "Open the link of the terminal",
                "The one that `assetql up` shows. It holds until that is started again.",
                status=401,
            )

        return router


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")
