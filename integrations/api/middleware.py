"""add_middleware: what every request passes before a route or a mounted app sees it."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from assetql.settings import Settings
from integrations.api.at_once import AtOnce
from integrations.api.auth.authentication import Authentication, Authenticator
from integrations.api.idempotency import HEADER as KEY
from integrations.api.in_flight import Counted, InFlight
from integrations.api.limits import BodyLimit, RateLimits
from integrations.api.requests import HEADER as REQUEST_ID
from integrations.api.requests import Requests


def add_middleware(app: FastAPI, settings: Settings, authenticator: Authenticator) -> None:
    """What is added last comes first."""
    app.add_middleware(AtOnce, most=settings.requests_at_once)
    app.add_middleware(
        Authentication,
        authenticator=authenticator,
        limits=RateLimits(settings.requests_per_minute),
    )
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,  # without cookies: pages of other origins send a token
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=(
                "Authorization",
                "Cache-Control",  # with Last-Event-ID, what a stream that broke is asked for
                "Content-Type",
                "Last-Event-ID",
                "X-Api-Key",
                KEY,
                REQUEST_ID,
            ),
            expose_headers=("Location", "Content-Location", "Retry-After", REQUEST_ID),
        )
    app.add_middleware(Requests, https=(settings.public_url or "").startswith("https:"))
    in_flight = InFlight(app.state.agent.finishing)
    app.add_middleware(Counted, in_flight=in_flight)
    app.state.running.insert(0, in_flight.running)  # left last, once the doors have stopped
