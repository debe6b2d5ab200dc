"""An installation of the test's own, through a proxy that can make its requests fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names
from tests.support.emulator import emulator_address, installed
from tests.support.fault_proxy.proxy import FaultProxy


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy(emulator_address()) as proxy:
        yield proxy


@pytest.fixture
def aws(tmp_path: Path, proxy: FaultProxy) -> tuple[Clients, Names]:
    return installed(tmp_path, max_receives=3, endpoint=proxy.address)
