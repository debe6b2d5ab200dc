"""Two workspaces that have one of everything, in a home of the test's own."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.homes import open_home
from tests.support.studios import Studio, open_studios


@pytest.fixture(scope="session")
def two_studios(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Studio, Studio]:
    """A home with two studios, to be copied by each test."""
    home = tmp_path_factory.mktemp("studios")
    clock = ManualClock()
    with open_home(home, clock=clock) as services:
        ours, theirs = open_studios(services, clock, "studio", "rival")
    return home, ours, theirs


@pytest.fixture
def home(two_studios: tuple[Path, Studio, Studio], tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_studios[0], tmp_path / "home"))


@pytest.fixture
def ours(two_studios: tuple[Path, Studio, Studio]) -> Studio:
    return two_studios[1]


@pytest.fixture
def theirs(two_studios: tuple[Path, Studio, Studio]) -> Studio:
    return two_studios[2]


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    clock = ManualClock()
    clock.advance(timedelta(minutes=5))
    with open_home(home, clock=clock) as opened:
        yield opened
