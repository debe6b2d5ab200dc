"""What holds for every request: ids, limits, headers, problems, the event in the log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Generator
from typing import Any

import pytest
from fastapi.responses import StreamingResponse

from assetql.telemetry.events import FACTS
from tests.integration.api.auth.conftest import Door, Open
from tests.integration.api.auth.test_api_keys import make


@pytest.fixture
def door(open_door: Open) -> Door:
    """One without an issuer, that takes 5 requests a minute of 1,024 bytes."""
    return open_door(
        requests_per_minute=5, max_body_bytes=1_024, cors_origins=("https://studio.example",)
    )


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Generator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "integrations.api.requests"):
        yield caplog


def test_a_request_id_is_the_clients_or_made(door: Door) -> None:
    sent = door.client.get("/healthz", headers={"x-request-id": "abc-1"})
    assert sent.headers["x-request-id"] == "abc-1"
    for bad in ("a b", "x" * 129, "<script>", "é"):
        headers = [(b"x-request-id", bad.encode())]
        made = door.client.get("/healthz", headers=headers).headers["x-request-id"]
        assert len(made) == 32
    problem = door.client.get("/nowhere", headers={"x-request-id": "abc-2"}).json()
    assert problem["instance"] == "abc-2"


def test_an_event_tells_of_each_request_without_its_path(
    door: Door, events: pytest.LogCaptureFixture
) -> None:
    key_id, secret = make(door)
    door.client.delete("/v1/keys/someones-name", headers={"x-api-key": secret})
    facts: dict[str, Any] = getattr(events.records[-1], FACTS)
    assert facts.pop("ms") >= 0
    assert facts == {
        "method": "DELETE",
        "route": "/v1/keys/{key_id}",
        "status": 404,
        "workspace": "studio",
    }
    assert "someones-name" not in events.text
    assert key_id not in events.text


def test_who_asks_too_often_is_told_when_to_come_back(door: Door) -> None:
    _, secret = make(door)
    answers = [door.bearer(secret).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    limited = door.bearer(secret)
    assert limited.json()["code"] == "rate_limited"
    assert 1 <= int(limited.headers["retry-after"]) <= 12
    assert door.me().status_code == 401  # another caller
    assert door.client.get("/healthz").status_code == 200


def test_guesses_are_counted_by_address(door: Door) -> None:
    answers = {door.bearer("aql_guess").status_code for _ in range(6)}
    assert answers == {401, 429}


def test_a_body_is_limited_by_what_arrives(door: Door) -> None:
    _, secret = make(door)
    headers = {"x-api-key": secret, "content-type": "application/json"}
    announced = door.client.post("/v1/keys", content=b"x" * 2_000, headers=headers)
    streamed = door.client.post("/v1/keys", content=iter([b"x" * 600] * 4), headers=headers)
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
    fits = door.client.post("/v1/keys", content=iter([b"x" * 500] * 2), headers=headers)
    assert fits.status_code == 422


def test_headers_protect_browsers(door: Door) -> None:
    for path in ("/healthz", "/nowhere", "/login"):
        headers = door.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_only_pages_of_the_setting_may_read_answers(door: Door) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}
    ours = door.client.options("/v1/keys", headers={"origin": "https://studio.example", **asked})
    assert ours.status_code == 200
    assert ours.headers["access-control-allow-origin"] == "https://studio.example"
    assert "access-control-allow-credentials" not in ours.headers
    other = door.client.options("/v1/keys", headers={"origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in other.headers
    refused = door.client.get("/me", headers={"origin": "https://studio.example"})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "https://studio.example"


def test_every_refusal_is_a_problem(open_door: Open) -> None:
    door = open_door()
    _, secret = make(door)
    headers = {"x-api-key": secret, "content-type": "application/json"}
    nan = b'{"name": NaN, "roles": "\\ud800", "expires_in_days": 1e999}'
    cases = [
        (404, "not_found", door.client.get("/nowhere")),
        (405, "method_not_allowed", door.client.put("/v1/keys")),
        (401, "unauthenticated", door.client.get("/v1/keys")),
        (422, "invalid_input", door.client.post("/v1/keys", content=b"{", headers=headers)),
        (422, "invalid_input", door.client.post("/v1/keys", content=nan, headers=headers)),
    ]
    for status, code, answer in cases:
        problem = answer.json()
        assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["instance"] == answer.headers["x-request-id"]
    assert cases[1][2].headers["allow"]
    where = [error["where"] for error in cases[-1][2].json()["errors"]]
    assert where == ["body.name", "body.roles", "body.expires_in_days"]


def test_what_nobody_foresaw_is_not_told(open_door: Open, caplog: pytest.LogCaptureFixture) -> None:
    door = open_door()

    def crash() -> None:
        raise ZeroDivisionError("a secret")

    door.app.get("/crash")(crash)
    answer = door.client.get("/crash")
    assert answer.status_code == 500
    assert answer.json()["instance"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert "Division" not in answer.text
    assert [record.message for record in caplog.records] == ["request.crashed"]


def test_readiness_asks_the_stores(open_door: Open) -> None:
    door = open_door()
    assert door.client.get("/healthz").json() == {"status": "ok"}
    assert door.client.get("/readyz").json() == {"status": "ready"}


def test_open_streams_of_one_caller_are_counted(open_door: Open) -> None:
    door = open_door(requests_at_once=2)
    _, secret = make(door)

    async def stream() -> StreamingResponse:
        async def drops() -> AsyncIterator[bytes]:
            while True:
                yield b"drop"
                await asyncio.sleep(0.01)

        return StreamingResponse(drops())

    door.app.get("/drops")(stream)
    headers = {"x-api-key": secret}
    with (
        door.client.stream("GET", "/drops", headers=headers),
        door.client.stream("GET", "/drops", headers=headers),
    ):
        refused = door.me(**headers)
        assert refused.status_code == 429
        assert refused.json()["code"] == "rate_limited"
        assert int(refused.headers["retry-after"]) > 0
        assert door.me().status_code == 401  # another caller
        assert door.client.get("/healthz", headers=headers).status_code == 200
    for _ in range(200):
        if door.me(**headers).status_code == 200:
            break
    assert door.me(**headers).status_code == 200
