"""What a client sees that sends a request again."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, File, UploadFile
from pydantic import BaseModel

from agent.services import open_agent
from assetql.domain.errors import Conflict, RateLimited, StoreUnavailable
from integrations.api.app import create_api
from integrations.api.auth.authentication import NoAuthentication
from integrations.api.idempotency import HEADER, LEASE, REPLAYED, IdempotentRoute, Key
from tests.contract.values import ManualClock
from tests.integration.api.auth.conftest import browser
from tests.support.homes import OWNER, open_home
from tests.support.serving import serving

HOUR = timedelta(hours=1)


class Order(BaseModel):
    """What is asked of the test's own routes."""

    name: str


class Shop:
    """A mutating resource that counts what is done to it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.failures: list[Exception] = []
        self.open = threading.Event()
        self.entered = threading.Event()
        self.open.set()
        self.router = APIRouter(prefix="/orders", route_class=IdempotentRoute)
        self.router.post("", status_code=201)(self.order)
        self.router.post("/file")(self.upload)

    def order(self, order: Order, key: Key) -> dict[str, object]:
        self.entered.set()
        self.open.wait(timeout=10)
        if self.failures:
            raise self.failures.pop()
        self.done.append((order.name, key))
        return {"name": order.name, "number": len(self.done), "said": "ünï"}

    def upload(self, file: Annotated[UploadFile, File()], key: Key) -> dict[str, int]:
        self.done.append((file.filename or "", key))
        return {"number": len(self.done)}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def client(tmp_path: Path, shop: Shop, clock: ManualClock) -> Generator[httpx.Client]:
    with open_home(tmp_path, clock=clock) as services:
        agent = open_agent(services, tools=())
        app = create_api(agent, authenticator=NoAuthentication(OWNER))
        app.include_router(shop.router)
        with serving(app) as address, browser(address) as client:
            yield client
        agent.close()


def order(client: httpx.Client, name: str = "potion", key: str | None = "one") -> httpx.Response:
    return client.post("/orders", json={"name": name}, headers={HEADER: key} if key else {})


def test_the_same_request_is_answered_as_the_first_time(client: httpx.Client, shop: Shop) -> None:
    first, second = order(client), order(client)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.status_code == 201
    assert second.json()["said"] == "ünï"
    assert second.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get(REPLAYED), second.headers[REPLAYED]) == (None, "true")
    assert len(shop.done) == 1


def test_without_a_key_each_request_is_its_own(client: httpx.Client, shop: Shop) -> None:
    assert order(client, key=None).json()["number"] == 1
    assert order(client, key=None).json()["number"] == 2
    assert len({key for _, key in shop.done}) == 2


def test_another_body_or_route_with_the_key_is_refused(client: httpx.Client, shop: Shop) -> None:
    order(client)
    other = order(client, "sword")
    assert other.status_code == 409
    assert HEADER in other.json()["detail"]
    elsewhere = client.post("/orders?x=1", json={"name": "potion"}, headers={HEADER: "one"})
    assert elsewhere.status_code == 409
    assert [name for name, _ in shop.done] == ["potion"]


def test_a_repeat_of_a_running_request_is_asked_to_wait(client: httpx.Client, shop: Shop) -> None:
    shop.open.clear()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(order, client)
        assert shop.entered.wait(timeout=10)
        second = order(client)
        assert (second.status_code, second.headers["Retry-After"]) == (409, "1")
        shop.open.set()
        assert first.result().status_code == 201
    assert order(client).json()["number"] == 1


def test_a_request_whose_process_died_runs_again_under_its_key(
    client: httpx.Client, shop: Shop, clock: ManualClock
) -> None:
    shop.open.clear()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(order, client)  # hangs, as if it were dead
        assert shop.entered.wait(timeout=10)
        clock.advance(LEASE)
        shop.entered.clear()
        second = pool.submit(order, client)
        assert shop.entered.wait(timeout=10)
        shop.open.set()
        assert {first.result().status_code, second.result().status_code} == {201}
    (_, one), (_, other) = shop.done
    assert one == other  # so that a use case does it once


@pytest.mark.parametrize(
    ("error", "status", "kept"),
    [
        (StoreUnavailable("Gone."), 503, False),
        (RateLimited("Slowly.", retry_after=3), 429, False),
        (ZeroDivisionError(), 500, False),
        (Conflict("Moved on."), 409, True),
    ],
)
def test_which_refusals_are_kept(
    client: httpx.Client, shop: Shop, error: Exception, status: int, *, kept: bool
) -> None:
    shop.failures.append(error)
    first = order(client)
    assert first.status_code == status
    assert order(client).status_code == (status if kept else 201)


def test_a_refused_body_is_refused_again(client: httpx.Client, shop: Shop) -> None:
    for _ in range(2):
        refused = client.post("/orders", json={"nome": "x"}, headers={HEADER: "one"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["where"] == "body.name"
    assert shop.done == []


def test_an_answer_is_kept_for_a_day(client: httpx.Client, shop: Shop, clock: ManualClock) -> None:
    order(client)
    clock.advance(23 * HOUR)
    assert order(client).json()["number"] == 1
    clock.advance(HOUR)
    assert order(client).json()["number"] == 2
    assert len({key for _, key in shop.done}) == 1


@pytest.mark.parametrize("key", [b"x" * 256, b"a b", "ключ".encode()])
def test_a_key_that_is_none_is_refused(client: httpx.Client, shop: Shop, key: bytes) -> None:
    headers = [(HEADER.encode(), key)]
    answer = client.post("/orders", json={"name": "potion"}, headers=headers)
    assert answer.status_code == 422
    assert shop.done == []


def test_an_upload_sent_again_has_another_boundary(client: httpx.Client, shop: Shop) -> None:
    for _ in range(2):
        files = {"file": ("list.csv", b"name\nFlask\n")}
        answer = client.post("/orders/file", files=files, headers={HEADER: "one"})
        assert answer.json() == {"number": 1}
    other = {"file": ("list.csv", b"name\nSword\n")}
    assert client.post("/orders/file", files=other, headers={HEADER: "one"}).status_code == 409
    assert len(shop.done) == 1
