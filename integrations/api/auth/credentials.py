"""What a request brings along to say who asks. Two at once are none: proxies may differ on them."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from assetql.domain.errors import Unauthenticated
from assetql.domain.identity import Principal
from assetql.pipeline.api_keys import PREFIX, principal_of_key
from assetql.services import Services
from integrations.api.auth.tokens import Tokens, TokenUse
from integrations.api.threads import threads_of

_API_KEY = "x-api-key"  # the LangGraph SDK's
_SCHEME = "bearer "


def credential_of(connection: HTTPConnection) -> str | None:
    """The one bearer token or API key that was sent. Raises: Unauthenticated."""
    bearers = connection.headers.getlist("authorization")
    # The LangGraph SDK sends a key of LangSmith's too, if it finds one in its environment.
    keys = [key for key in connection.headers.getlist(_API_KEY) if key.startswith(PREFIX)]
    if len(bearers) + len(keys) > 1:
        raise Unauthenticated("Two credentials in one request.", remedy="Send one.")
    if keys:
        return keys[0]
    if not bearers:
        return None
    if not bearers[0].casefold().startswith(_SCHEME):
        raise Unauthenticated(
            "Only bearer tokens and API keys are taken.", remedy="Send `Authorization: Bearer …`."
        )
    return bearers[0][len(_SCHEME) :].strip()


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """By an API key, or by a token of the issuer, where one is set."""

    services: Services
    tokens: Tokens | None
    use: TokenUse

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        """Whose credential it is. Raises: Unauthenticated, Forbidden, Unavailable."""
        sent = credential_of(connection)
        if sent is None:
            return None
        if sent.startswith(PREFIX):
            return await threads_of(connection).call(
                principal_of_key, sent, stores=self.services.stores, clock=self.services.clock
            )
        if self.tokens is None:
            raise Unauthenticated(
                "Only API keys are taken here.",
                remedy="Make one with `assetql key create`, or set ASSETQL_ISSUER.",
            )
        return self.tokens.principal(await self.tokens.claims(sent, self.use))
