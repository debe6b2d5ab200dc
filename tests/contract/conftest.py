"""Each suite runs once per adapter family."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetql.ports import SearchIndex, Stores
from tests.contract.families import FAMILIES, OpenFamily
from tests.contract.index_family import INDEXES, OpenIndex
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


@pytest.fixture(params=sorted(INDEXES))
def open_index(request: pytest.FixtureRequest) -> OpenIndex:
    return INDEXES[request.param]


@pytest.fixture
def index(open_index: OpenIndex, tmp_path: Path) -> Iterator[SearchIndex]:
    with open_index(tmp_path) as opened:
        yield opened
