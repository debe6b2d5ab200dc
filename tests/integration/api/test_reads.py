"""Reads of the API: on threads of their own, many at once, and found wherever the API lies."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi import Path as InPath
from pydantic import BaseModel
from starlette.testclient import TestClient

from agent.services import open_agent
from assetql.telemetry.ids import bound_ids
from integrations.api.app import create_api
from integrations.api.auth.authentication import NoAuthentication
from integrations.api.dependencies import Caller
from integrations.api.problems import REQUEST
from integrations.api.requests import HEADER
from integrations.api.routes import Route
from tests.support.homes import OWNER, open_home
from tests.support.serving import serving

AT_ONCE = 8


class Read(BaseModel):
    """What the test's own routes answer with."""

    number: int
    user: str
    thread: str
    method: str
    request: str


class Library:
    """Reads that wait until as many have come as may be under way here."""

    def __init__(self) -> None:
        self.all_there = threading.Barrier(AT_ONCE)
        self.router = APIRouter(prefix="/books/{number}", route_class=Route)
        self.router.get("/together")(self.together)
        self.router.get("")(self.book)

    def together(self, number: int) -> int:
        self.all_there.wait(timeout=20)
        return number

    def book(self, number: Annotated[int, InPath(le=99)], caller: Caller, request: Request) -> Read:
        return Read(
            number=number,
            user=caller.user,
            thread=threading.current_thread().name,
            method=request.method,
            request=str(bound_ids()[REQUEST]),
        )


@pytest.fixture
def app(tmp_path: Path) -> Generator[FastAPI]:
    with open_home(tmp_path) as services, closing(open_agent(services, tools=())) as agent:
        library = Library().router
        yield create_api(agent, authenticator=NoAuthentication(OWNER), routers=(library,))


@pytest.fixture
def client(app: FastAPI) -> Generator[httpx.Client]:
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def test_reads_wait_side_by_side(client: httpx.Client) -> None:
    with ThreadPoolExecutor(AT_ONCE) as readers:
        answers = readers.map(client.get, [f"/books/{n}/together" for n in range(AT_ONCE)])
        assert [answer.json() for answer in answers] == list(range(AT_ONCE))


def test_a_read_gets_what_its_function_names_and_the_document_says_no_more(
    client: httpx.Client,
) -> None:
    found = client.get("/books/7", headers={HEADER: "mine"}).json()
    assert found.pop("thread").startswith("reads")
    assert found == {"number": 7, "user": OWNER.user, "method": "GET", "request": "mine"}
    assert client.get("/books/100").status_code == 422
    described = client.get("/openapi.json").json()["paths"]["/books/{number}"]["get"]
    assert [parameter["name"] for parameter in described["parameters"]] == ["number"]
    schema = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Read"}


def test_routes_are_found_below_another_path_too(app: FastAPI) -> None:
    with TestClient(app, base_url="http://127.0.0.1", root_path="/api") as client:
        assert client.get("/api/books/7").json()["number"] == 7
        assert client.get("/api/v1/usage").status_code == 200
        assert client.get("/api/v1/usages").status_code == 404
        assert client.put("/api/v1/usage").status_code == 405


def test_no_thread_outlives_the_app(app: FastAPI) -> None:
    before = set(threading.enumerate())
    with serving(app) as address:
        assert httpx.get(f"{address}/v1/usage", timeout=30).status_code == 200
        reading = {each for each in set(threading.enumerate()) - before if "reads" in each.name}
    assert reading
    assert not any(thread.is_alive() for thread in reading)
