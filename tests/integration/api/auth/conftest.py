"""A door with every way in, and somebody who asks at it."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from agent.services import open_agent
from assetql.services import Services
from integrations.api.app import create_api
from integrations.api.auth.choose import Access, open_authenticator
from integrations.api.dependencies import Caller
from tests.contract.values import ManualClock
from tests.support.homes import open_home
from tests.support.oidc_provider import CLIENT, SECRET, Provider, provider
from tests.support.serving import serving


@dataclass(frozen=True, kw_only=True)
class Door:
    """A served API: `me` answers who asks, by GET and by POST."""

    client: httpx.Client
    services: Services
    access: Access
    clock: ManualClock
    app: FastAPI

    def me(self, **headers: str) -> httpx.Response:
        return self.client.get("/me", headers=named(headers))

    def bearer(self, token: str) -> httpx.Response:
        return self.me(authorization=f"Bearer {token}")


def browser(address: object = "") -> httpx.Client:
    """It keeps cookies; patient, on a machine that has much to do."""
    return httpx.Client(base_url=str(address), timeout=30, verify=False)


def named(headers: dict[str, str]) -> dict[str, str]:
    """x_api_key → x-api-key."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def who(caller: Caller) -> dict[str, object]:
    return {"workspace": caller.workspace, "user": caller.user, "roles": sorted(caller.roles)}


Open = Callable[..., Door]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def issuer() -> Generator[Provider]:
    with provider() as served:
        yield served


@pytest.fixture
def open_door(tmp_path: Path, clock: ManualClock) -> Generator[Open]:
    """Opens a door over the home of the test, with the settings that are given."""
    with ExitStack() as stack:

        def open_it(*, no_auth: bool = False, **settings: Any) -> Door:
            services = stack.enter_context(open_home(tmp_path, clock=clock, **settings))
            return stack.enter_context(_door(services, clock, no_auth=no_auth))

        yield open_it


@contextmanager
def _door(services: Services, clock: ManualClock, *, no_auth: bool) -> Generator[Door]:
    access = open_authenticator(services, no_auth=no_auth)
    agent = open_agent(services, tools=())  # nobody talks to it here
    app = create_api(agent, authenticator=access.authenticator, routers=access.routers)
    app.api_route("/me", methods=["GET", "POST"], include_in_schema=False)(who)
    with serving(app) as address, browser(address) as client:
        yield Door(client=client, services=services, access=access, clock=clock, app=app)
    agent.close()


def of_issuer(issuer: Provider) -> dict[str, str]:
    """The settings of a door that takes its tokens and its logins."""
    return {"issuer": issuer.url, "audience": CLIENT, "client_secret": SECRET}


@pytest.fixture
def door(open_door: Open, issuer: Provider) -> Door:
    """One that takes the issuer's tokens."""
    return open_door(**of_issuer(issuer))
