"""Two workspaces behind one served API, with a client of each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.api import api_served, client_of
from tests.support.homes import open_home
from tests.support.studios import Studio, objects_of, rows_of


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    clock = ManualClock()
    clock.advance(timedelta(minutes=5))
    with open_home(home, clock=clock, requests_per_minute=1_000_000) as opened:
        yield opened


@pytest.fixture
def address(services: Services) -> Iterator[str]:
    with api_served(services) as served:
        yield served


@pytest.fixture
def our_client(address: str, services: Services, ours: Studio) -> Iterator[httpx.Client]:
    with client_of(address, services, ours.caller) as client:
        yield client


@pytest.fixture
def their_client(address: str, services: Services, theirs: Studio) -> Iterator[httpx.Client]:
    with client_of(address, services, theirs.caller) as client:
        yield client


@pytest.fixture
def nothing_of_ours_changes(services: Services, home: Path, ours: Studio) -> Iterator[None]:
    def all_of_ours() -> tuple[object, object]:
        workspace = ours.caller.workspace
        return rows_of(home, workspace), objects_of(services, workspace)

    before = all_of_ours()
    yield
    assert all_of_ours() == before
