"""Who is let in over HTTP, and from which pages."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from integrations.api.auth.authentication import NoAuthentication
from integrations.api.auth.credentials import Credentials
from tests.integration.mcp.conftest import Served, client_of, served_doors
from tests.support.homes import OWNER, open_home

CALL: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "list_styles", "arguments": {}},
}
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2025-11-25",
}


async def asked(address: str, body: Any = CALL, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(timeout=30) as http:
        return await http.post(address, json=body, headers=HEADERS | headers)


async def test_nobody_is_let_in_without_a_credential(served: Served) -> None:
    for method in ("GET", "POST", "DELETE"):
        async with httpx2.AsyncClient(timeout=30) as http:
            answer = await http.request(method, served.address)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), method
    wrong = await asked(served.address, Authorization="Bearer ak_nothing")
    assert wrong.status_code == 401
    with pytest.raises((MCPError, ExceptionGroup)):
        async with client_of(served.address, None):
            pass


async def test_where_an_issuer_is_set_clients_learn_whom_to_ask(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"issuer": "https://login.example/pool", "audience": "app"}
    with open_home(tmp_path, **settings) as services:
        credentials = Credentials(services=services, tokens=None, use="access")
        with served_doors(services, credentials) as address:
            answer = await asked(address)
            challenge = answer.headers["www-authenticate"]
            metadata = challenge.removeprefix('Bearer resource_metadata="').removesuffix('"')
            async with httpx2.AsyncClient(timeout=30) as http:
                document = (await http.get(metadata)).json()

    assert answer.status_code == 401
    assert document["resource"] == address
    assert document["authorization_servers"] == ["https://login.example/pool"]


async def test_a_laptop_lets_its_owner_in_and_no_page_of_elsewhere(open_to_all: str) -> None:
    async with client_of(open_to_all, None) as client:
        assert not (await client.call_tool("list_styles")).is_error

    assert (await asked(open_to_all)).status_code == 200
    assert (await asked(open_to_all, Origin="https://evil.example")).status_code == 403
    assert (await asked(open_to_all, Host="evil.example")).status_code in {403, 421}


async def test_a_request_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (
        open_home(tmp_path, max_body_bytes=20_000) as services,
        served_doors(services, NoAuthentication(OWNER)) as address,
    ):
        large = CALL | {"params": {"name": "search", "arguments": {"text": "x" * 30_000}}}
        assert (await asked(address, large)).status_code == 413
        assert (await asked(address)).status_code == 200


async def test_a_call_of_many_values_is_refused_unjudged(open_to_all: str) -> None:
    items = {"items": [1] * 30_000}
    many = CALL | {"params": {"name": "create_batch", "arguments": items}}
    assert (await asked(open_to_all, many)).status_code == 413
