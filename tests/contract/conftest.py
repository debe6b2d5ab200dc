"""Each suite runs once per adapter family."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetql.ports import Stores
from tests.contract.families import FAMILIES, OpenFamily
from tests.contract.values import ManualClock


@pytest.fixture(params=sorted(FAMILIES))
def family(request: pytest.FixtureRequest) -> OpenFamily:
    return FAMILIES[request.param]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def stores(family: OpenFamily, clock: ManualClock, tmp_path: Path) -> Iterator[Stores]:
    with family(tmp_path, clock) as opened:
        yield opened
