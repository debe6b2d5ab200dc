"""Bearer tokens in Cognito's shape: who signed them, for whom, and what their claims say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import jwt
from jwt.exceptions import ExpiredSignatureError, ImmatureSignatureError, PyJWTError

from assetql.domain.errors import Forbidden, Unauthenticated
from assetql.domain.identity import Principal, Role
from integrations.api.auth.issuer import Issuer

ALGORITHMS = ("RS256",)  # Cognito's; what the token says of itself never widens it
TokenUse = Literal["access", "id"]
_LEEWAY = 30  # seconds that clocks may differ
_LONGEST = 8 * 1024
_REQUIRED = ("exp", "iat", "iss", "sub", "token_use")
_WORKSPACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ROLES = {role.value: role for role in Role}
_NAMES = ("username", "cognito:username")  # of an access token, of an id token
_LONGEST_NAME = 128
# What API keys and Slack's members are called: nobody may give themselves such a name.
_OTHERS = re.compile(r"key_|slack:", re.IGNORECASE)

Claims = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Whose tokens are taken, and where they say what their bearer is."""

    issuer: Issuer
    audience: str
    workspace_claim: str
    roles_claim: str

    async def claims(self, token: str, use: TokenUse) -> Claims:
        """What a token says that holds. Raises: Unauthenticated; Unavailable."""
        if len(token) > _LONGEST:
            raise Unauthenticated("The token is too long to be one.")
        try:
            header = jwt.get_unverified_header(token)
            kid: object = header.get("kid")
            if header.get("alg") not in ALGORITHMS or not isinstance(kid, str):
                raise Unauthenticated(
                    "The token is not signed as it has to be.", remedy="Send the issuer's own."
                )
            claims = self._decoded(token, await self.issuer.key(kid), use)
        except (ExpiredSignatureError, ImmatureSignatureError) as error:
            raise Unauthenticated(
                "The token holds no longer, or not yet.", remedy="Get a new token."
            ) from error
        except (PyJWTError, ValueError) as error:
            raise Unauthenticated(
                "The token does not hold.", remedy="Send a token of the issuer for this API."
            ) from error
        self._require_use(claims, use)
        return claims

    def principal(self, claims: Claims) -> Principal:
        """Who the claims are about. Raises: Forbidden where they give no workspace or no role."""
        workspace: object = claims.get(self.workspace_claim)
        if not isinstance(workspace, str) or not _WORKSPACE.fullmatch(workspace):
            raise Forbidden(
                "Your account belongs to no workspace.",
                remedy=f"Whoever manages accounts sets the claim {self.workspace_claim!r}.",
            )
        roles = frozenset(_ROLES[name] for name in _listed(claims.get(self.roles_claim)))
        if not roles:
            raise Forbidden(
                "Your account has no role here.",
                remedy=f"Whoever manages accounts puts one of {', '.join(_ROLES)} into the claim "
                f"{self.roles_claim!r}.",
            )
        return Principal(workspace, _user(claims), roles)

    def _decoded(self, token: str, key: jwt.PyJWK, use: TokenUse) -> Claims:
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=self.issuer.url,
            audience=self.audience if use == "id" else None,
            leeway=_LEEWAY,
            options={"require": list(_REQUIRED), "verify_aud": use == "id"},
        )

    def _require_use(self, claims: Claims, use: TokenUse) -> None:
        """Cognito's access tokens have no `aud`: they name the client in `client_id`."""
        if claims["token_use"] != use:
            raise Unauthenticated(
                f"This is not the kind of token that is taken here: {use!r}.",
                remedy=f"Send the {use} token.",
            )
        if use == "access" and claims.get("client_id") != self.audience:
            raise Unauthenticated(
                "The token was given to another client.", remedy="Send a token for this API."
            )


def _listed(claim: object) -> Iterable[str]:
    """The known roles in a claim, which is a list, or words."""
    words = claim.split() if isinstance(claim, str) else claim
    found = cast("list[object]", words) if isinstance(words, list) else []
    return [word for word in found if isinstance(word, str) and word in _ROLES]


def _user(claims: Claims) -> str:
    """The name that the person logs in with, else the subject's id."""
    for name in _NAMES:
        value: object = claims.get(name)
        if isinstance(value, str) and _is_name(value):
            return value
    return str(claims["sub"])


def _is_name(value: str) -> bool:
    short = value.isprintable() and 0 < len(value) <= _LONGEST_NAME
    return short and not _OTHERS.match(value)
