"""The login of people in a browser: OpenID Connect's authorization code with PKCE."""

import hmac
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, cast

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from fastapi import APIRouter, Request
from starlette.responses import Response

from assetql.domain.errors import AssetQLError, Unauthenticated, Unavailable
from assetql.settings import Settings
from integrations.api.auth.pages import landing, page, redirect
from integrations.api.auth.sessions import Cookie, Sessions
from integrations.api.auth.tokens import Claims, Tokens
from integrations.api.problems import status_of

_CALLBACK = "/auth/callback"
_PATIENCE = timedelta(minutes=10)  # from the first page of the login to its end


class OidcLogin:
    """At the issuer's own page; what comes back is checked against what this browser asked for."""

    def __init__(self, settings: Settings, tokens: Tokens, sessions: Sessions) -> None:
        self._settings = settings
        self._tokens = tokens
        self._sessions = sessions
        self._cookie = Cookie(
            name="assetql_login", life=_PATIENCE, path=_CALLBACK, public_url=settings.public_url
        )

    def router(self) -> APIRouter:
        """`/login`, and where the issuer sends the browser back to."""
        router = APIRouter(include_in_schema=False)
        router.get("/login")(self.login)
        router.get(_CALLBACK)(self.callback)
        return router

    async def login(self, request: Request) -> Response:
        """Sends the browser to the issuer. Raises: Unavailable."""
        asked = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")}
        where = await self._tokens.issuer.endpoint("authorization_endpoint")
        address, _ = self._client(request).create_authorization_url(
            where,
            state=asked["state"],
            code_verifier=asked["verifier"],
            nonce=asked["nonce"],
        )
        response = redirect(str(address))
        after = {"next": landing(request.query_params.get("next"))}
        await self._sessions.records.add(self._cookie.set(response), _PATIENCE, asked | after)
        return response

    async def callback(self, request: Request) -> Response:
        """Ends the login: each may be ended once, by the browser that began it."""
        key = self._cookie.read(request)
        asked = await self._sessions.records.get(key) if key else None
        if key is None or asked is None or not _same(request, "state", asked["state"]):
            return page(
                "That login is over",
                "It took too long, was begun in another browser, or has ended already.",
                status=400,
                login=True,
            )
        await self._sessions.records.delete(key)
        code = request.query_params.get("code")
        if not code:
            return page("Not logged in", "The login was broken off.", status=401, login=True)
        try:
            principal = self._tokens.principal(await self._claims(request, code, asked))
        except AssetQLError as error:
            return page(error.message, error.remedy, status=status_of(error), login=True)
        response = redirect(asked["next"])
        await self._sessions.begin(principal, response)
        self._cookie.delete(response)
        return response

    async def _claims(self, request: Request, code: str, asked: Mapping[str, Any]) -> Claims:
        """Raises: Unauthenticated, Unavailable."""
        where = await self._tokens.issuer.endpoint("token_endpoint")
        client = self._client(request)
        try:
            async with cast("AbstractAsyncContextManager[object]", client):
                answer = await client.fetch_token(where, code=code, code_verifier=asked["verifier"])
        except OAuthError as error:
            raise Unauthenticated("The login was refused.", remedy="Log in again.") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable(
                "The login's server does not answer as it should.", remedy="Try again in a minute."
            ) from error
        claims = await self._tokens.claims(str(answer.get("id_token", "")), "id")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), asked["nonce"].encode()):
            raise Unauthenticated("That is the answer to another login.", remedy="Log in again.")
        return claims

    def _client(self, request: Request) -> AsyncOAuth2Client:
        secret = self._settings.client_secret
        base = self._settings.public_url or str(request.base_url).rstrip("/")
        return AsyncOAuth2Client(
            self._tokens.audience,
            secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope="openid profile",
            redirect_uri=f"{base}{_CALLBACK}",
            code_challenge_method="S256",
            timeout=5.0,
        )


def _same(request: Request, name: str, expected: str) -> bool:
    sent = request.query_params.get(name, "")
    return hmac.compare_digest(sent.encode(errors="backslashreplace"), expected.encode())
