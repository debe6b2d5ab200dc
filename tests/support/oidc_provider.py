"""An OpenID Connect provider over HTTP, in the shape of Cognito: keys, login, tokens.

It logs the person in at once that `user` describes; tests mint tokens of every other kind.
"""

import base64
import hashlib
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.serving import serving

CLIENT = "client-of-the-tests"
SECRET = "secret-of-the-client"


@cache
def rsa_key(name: str) -> RSAPrivateKey:
    """The same for the same name, as long as the process lives."""
    del name
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(kid: str) -> bytes:
    """What everybody can read of a key: an attacker signs HS256 with it."""
    return (
        rsa_key(kid)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


class Provider:
    """One user pool. `fetches` counts how often its keys were asked for; `up`: does it answer."""

    def __init__(self) -> None:
        self.url = ""
        self.published = ["one"]
        self.fetches = 0
        self.up = True
        self.user: dict[str, Any] = {
            "sub": "1c2d",
            "cognito:username": "ana",
            "custom:workspace": "studio",
            "cognito:groups": ["owner"],
        }
        self.of_id_token: dict[str, Any] = {}  # claims that an attacker in the middle changes
        self.logins: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/.well-known/jwks.json", self._keys),
                Route("/oauth2/authorize", self._authorize),
                Route("/oauth2/token", self._token, methods=["POST"]),
            ]
        )

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Of an access token that holds for five minutes; a change to None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "sub": "1c2d",
            "username": "ana",
            "client_id": CLIENT,
            "token_use": "access",
            "iat": now,
            "exp": now + 300,
            "custom:workspace": "studio",
            "cognito:groups": ["editor", "somebody-else's-group"],
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def token(self, *, kid: str | None = "one", signer: str = "one", **changes: Any) -> str:
        """Signed by `signer`, with the id of `kid` in the header."""
        headers = {"kid": kid} if kid else {}
        return jwt.encode(self.claims(**changes), rsa_key(signer), "RS256", headers=headers)

    async def _configuration(self, request: Request) -> Response:
        del request
        if not self.up:
            return Response(status_code=503)
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/.well-known/jwks.json",
                "authorization_endpoint": f"{self.url}/oauth2/authorize",
                "token_endpoint": f"{self.url}/oauth2/token",
            }
        )

    async def _keys(self, request: Request) -> Response:
        del request
        self.fetches += 1
        if not self.up:
            return Response(status_code=503)
        keys = [
            {**RSAAlgorithm.to_jwk(rsa_key(kid).public_key(), as_dict=True), **_about(kid)}
            for kid in self.published
        ]
        return JSONResponse({"keys": keys})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()):
            return Response("not a request of the client", 400)
        code = token_urlsafe(16)
        self.logins[code] = asked
        answer = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        login = self.logins.pop(str(form.get("code")), None)  # a code is good for once
        if login is None or not self._is_of(login, request, str(form.get("code_verifier"))):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if form.get("redirect_uri") != login["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        about: dict[str, Any] = {
            "token_use": "id",
            "aud": CLIENT,
            "client_id": None,
            "nonce": login["nonce"],
        }
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": 300,
                "access_token": self.token(),
                "id_token": self.token(**(about | self.user | self.of_id_token)),
            }
        )

    def _is_of(self, login: dict[str, str], request: Request, verifier: str) -> bool:
        """Whether the client shows its secret, and the verifier of its challenge."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        shown = request.headers.get("authorization") == f"Basic {basic}"
        return shown and challenge == login["code_challenge"]


def _about(kid: str) -> dict[str, str]:
    return {"kid": kid, "use": "sig", "alg": "RS256"}


@contextmanager
def provider() -> Generator[Provider]:
    """A provider that is reached over HTTP."""
    served = Provider()
    with serving(served.app) as address:
        served.url = address
        yield served
