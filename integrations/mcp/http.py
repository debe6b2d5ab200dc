"""mount_mcp: the MCP server in the app of the HTTP door, behind the same authentication."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.auth import ProtectedResourceMetadata
from starlette.exceptions import HTTPException
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from assetql.domain.documents import MOST_VALUES, has_too_many_values
from assetql.domain.identity import Principal
from assetql.pipeline.export import Package
from assetql.services import Services
from assetql.settings import Settings
from integrations.mcp.calls import Request
from integrations.mcp.server import create_mcp

PATH = "/mcp"
METADATA_PATH = f"/.well-known/oauth-protected-resource{PATH}"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def mount_mcp(app: FastAPI, services: Services, link: Callable[[str, Package], str]) -> None:
    """Adds the door at /mcp. Sessions are kept nowhere: any process answers any request.

    `link`: to a package's ZIP, by the address that the request was sent to.
    """

    def link_to(request: Request, package: Package) -> str:
        return link(_base(cast("HTTPRequest", request.request), services.settings), package)

    server = create_mcp(services, _principal, link_to)
    server.streamable_http_app(
        stateless_http=True,
        max_request_body_size=services.settings.max_body_bytes,
        transport_security=_who_may_ask(services.settings),
    )
    sessions = server.session_manager
    app.state.running.append(sessions.run)
    app.router.routes.append(Route(PATH, _Door(sessions, services.settings)))
    if services.settings.issuer:
        app.add_route(METADATA_PATH, _metadata_of(services.settings), include_in_schema=False)


class _Door:
    """Lets those in whom the app's authentication knows."""

    def __init__(self, sessions: StreamableHTTPSessionManager, settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPRequest(scope)
        if not isinstance(getattr(request.state, "principal", None), Principal):
            raise _unauthenticated(request, self._settings)
        if request.method == "POST":
            receive = await _judged(HTTPRequest(scope, receive))
        await self._sessions.handle_request(scope, receive, send)


async def _judged(request: HTTPRequest) -> Receive:
    """The body, to be read again. Raises: HTTPException where judging it would take minutes."""
    body = await request.body()
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        document = None  # which the server of the protocol refuses
    if has_too_many_values(document):
        detail = f"JSON may hold {MOST_VALUES:,} values."
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Message:
        return left.pop() if left else await request.receive()

    return once_more


def _principal(request: Request) -> Principal:
    """Who stands behind the request, which the door let in."""
    return cast("HTTPRequest", request.request).state.principal


def _unauthenticated(request: HTTPRequest, settings: Settings) -> HTTPException:
    challenge = "Bearer"
    if settings.issuer:  # RFC 9728: where a client learns whom to ask for a token
        challenge += f' resource_metadata="{_base(request, settings)}{METADATA_PATH}"'
    return HTTPException(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": challenge})


def _metadata_of(settings: Settings) -> Any:
    def metadata(request: HTTPRequest) -> Response:
        """Of this resource, as RFC 9728 has it."""
        document = ProtectedResourceMetadata.model_validate(
            {
                "resource": f"{_base(request, settings)}{PATH}",
                "authorization_servers": [settings.issuer],
                "bearer_methods_supported": ["header"],
                "resource_name": "AssetQL",
            }
        )
        return JSONResponse(document.model_dump(mode="json", exclude_none=True))

    return metadata


def _base(request: HTTPRequest, settings: Settings) -> str:
    return settings.public_url or str(request.base_url).rstrip("/")


def _who_may_ask(settings: Settings) -> TransportSecuritySettings:
    """Against DNS rebinding: the hosts and the pages' origins that requests may name."""
    hosts = [f"{host}{port}" for host in (*_LOOPBACK, settings.host) for port in ("", ":*")]
    origins = [f"http://{host}" for host in hosts]
    if settings.public_url:
        public = urlsplit(settings.public_url)
        hosts.append(public.netloc)
        origins.append(f"{public.scheme}://{public.netloc}")
    return TransportSecuritySettings(
        allowed_hosts=hosts, allowed_origins=[*origins, *settings.cors_origins]
    )
