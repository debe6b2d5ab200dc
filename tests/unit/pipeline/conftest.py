"""A studio on the embedded family, under a clock that tests move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.homes import open_home


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, clock=clock, budget=1.0) as opened:
        yield opened
