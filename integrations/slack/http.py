"""Slack over HTTP: its requests are told by their signature, not by our logins."""

from fastapi import APIRouter, FastAPI, Request, Response
from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_sdk.signature import SignatureVerifier

from agent.services import AgentServices
from assetql.domain.errors import InvalidInput, NotFound, Unauthenticated
from assetql.domain.identity import Principal
from integrations.slack.app import SlackDoor, create_slack
from integrations.slack.oauth import PRINCIPAL


def mount_slack(app: FastAPI, agent: AgentServices) -> SlackDoor:
    """Adds /slack/… to the app, and what it runs. Raises: InvalidInput for what is not set."""
    secret = agent.services.settings.slack_signing_secret
    if secret is None:
        raise InvalidInput(
            "Slack over HTTP needs the app's signing secret.",
            remedy="Set ASSETQL_SLACK_SIGNING_SECRET, or use Socket Mode.",
        )
    door = create_slack(agent)
    app.include_router(_router(door, SignatureVerifier(secret.get_secret_value())))
    app.state.running.append(door.running)
    return door


def _router(door: SlackDoor, verifier: SignatureVerifier) -> APIRouter:
    router = APIRouter(prefix="/slack", include_in_schema=False)

    async def receive(request: Request) -> Response:
        body = await request.body()
        _require_signature(verifier, request, body)
        return to_starlette_response(
            await door.app.async_dispatch(to_async_bolt_request(request, body))
        )

    for path in ("/events", "/interactive", "/commands"):
        router.add_api_route(path, receive, methods=["POST"])

    @router.get("/install")
    async def install(request: Request) -> Response:
        flow = _flow(door)
        principal = getattr(request.state, PRINCIPAL, None)
        if not isinstance(principal, Principal):
            raise Unauthenticated("Nobody is logged in.", remedy="Log in as an owner first.")
        asked = to_async_bolt_request(request, b"", {PRINCIPAL: principal})
        return to_starlette_response(await flow.handle_installation(asked))

    @router.get("/oauth_redirect")
    async def returned(request: Request) -> Response:
        flow = _flow(door)
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await flow.handle_callback(asked))

    return router


def _flow(door: SlackDoor):
    if door.oauth is None:
        raise NotFound(
            "page", "/slack/install", remedy="This app serves the team of its bot token."
        )
    return door.oauth


def _require_signature(verifier: SignatureVerifier, request: Request, body: bytes) -> None:
    """Before anything reads the body. Raises: Unauthenticated."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    readable = timestamp.isascii() and timestamp.isdigit() and signature.isascii() and _text(body)
    if not readable or not verifier.is_valid(body, timestamp, signature):
        raise Unauthenticated(
            "The request is not signed by Slack.", remedy="Check the app's signing secret."
        )


def _text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
