"""What holds for every test: no connection leaves the machine, and properties replay."""

import ipaddress
import logging
import sys
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import settings

_LOCAL_NAMES = frozenset({"localhost", "", "0.0.0.0"})


def _is_local(host: object) -> bool:
    if not isinstance(host, str) or host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: a test that would call a real model fails at the first connection."""
    if event == "socket.connect":
        address = arguments[1]
        host = cast("tuple[object, ...]", address)[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_local(host):
        raise RuntimeError(f"A test tried to reach {host!r}; tests stay on this machine.")


sys.addaudithook(_stay_on_this_machine)

settings.register_profile("assetql", deadline=None, print_blob=True)
settings.load_profile("assetql")


@pytest.fixture(autouse=True)
def _logs_end_with_their_test() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - pytest's
    """A command that ran in this process logs to a stream that is closed afterwards."""
    yield
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == "assetql"]:
        root.removeHandler(handler)
