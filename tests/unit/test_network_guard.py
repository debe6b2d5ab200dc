"""The guard of conftest.py: no test can call a real model."""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "bedrock-runtime.us-east-1.amazonaws.com"])
def test_a_connection_beyond_this_machine_is_refused(host: str) -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection((host, 443), timeout=0.1)


def test_loopback_is_free() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()
