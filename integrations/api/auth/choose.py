"""open_authenticator: which ways in there are, from the settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal, Role
from assetql.services import Services
from assetql.settings import Settings
from integrations.api.auth import keys
from integrations.api.auth.authentication import Authenticator, NoAuthentication
from integrations.api.auth.credentials import Credentials
from integrations.api.auth.issuer import Issuer
from integrations.api.auth.local_login import LocalLogin
from integrations.api.auth.pages import HOME, logout_router
from integrations.api.auth.sessions import Sessions
from integrations.api.auth.tokens import Tokens, TokenUse


@dataclass(frozen=True, kw_only=True)
class Access:
    """How people and machines get in. `path` is what a person opens first, after the address."""

    authenticator: Authenticator
    routers: Sequence[APIRouter]
    path: str


class _First:
    """By the first of several ways that finds somebody."""

    def __init__(self, *ways: Authenticator) -> None:
        self._ways = ways

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """Whom one of them finds. Raises: what one that is refused raises."""
        for way in self._ways:
            found = await way.principal(connection)
            if found:
                return found
        return None


def open_authenticator(services: Services, *, no_auth: bool) -> Access:
    """API keys; tokens and the login of the issuer, if one is set, else the link of a laptop.

    `no_auth`: whoever reaches the port is the owner. Raises: InvalidInput for half a setting.
    """
    settings = services.settings
    owner = Principal(settings.workspace, settings.user, frozenset({Role.OWNER}))
    if no_auth:
        return Access(authenticator=NoAuthentication(owner), routers=(keys.router,), path=HOME)
    sessions = Sessions(services)
    tokens = _tokens(services)
    if tokens:
        from integrations.api.auth.oidc import OidcLogin  # a second of authlib

        login, path = OidcLogin(settings, tokens, sessions).router(), HOME
    else:
        local = LocalLogin(owner, sessions)
        login, path = local.router(), local.path
    use = cast("TokenUse", settings.token_use)
    by_credentials = Credentials(services=services, tokens=tokens, use=use)
    return Access(
        authenticator=_First(by_credentials, sessions),
        routers=(keys.router, login, logout_router(sessions, login=tokens is not None)),
        path=path,
    )


def _tokens(services: Services) -> Tokens | None:
    settings = services.settings
    if not settings.issuer:
        return None
    return Tokens(
        issuer=Issuer(settings.issuer.rstrip("/"), services.clock),
        audience=_audience(settings),
        workspace_claim=settings.workspace_claim,
        roles_claim=settings.roles_claim,
    )


def _audience(settings: Settings) -> str:
    if not settings.audience:
        raise InvalidInput(
            f"ASSETQL_ISSUER is {settings.issuer}, but nothing says whose tokens are meant.",
            remedy="Set ASSETQL_AUDIENCE to the app client's id.",
        )
    return settings.audience
