"""What clients are generated from: names, summaries, tags and examples of all operations."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from assetql.services import Services
from integrations.api.examples import BODIES
from tests.support.api import api_served

Operation = dict[str, Any]


@pytest.fixture
def document(services: Services) -> Iterator[dict[str, Any]]:
    with api_served(services) as address:
        yield httpx.get(f"{address}/openapi.json", timeout=60).json()


@pytest.fixture
def operations(document: dict[str, Any]) -> list[Operation]:
    return [each for path in document["paths"].values() for each in path.values()]


def test_each_has_a_name_of_its_own_as_people_write_it(operations: list[Operation]) -> None:
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("[a-z]+([A-Z][a-z]+)*", name)] == []


def test_each_says_what_it_does_in_a_line_and_where_it_belongs(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    told = {tag["name"] for tag in document["tags"]}
    for operation in operations:
        name = operation["operationId"]
        assert re.fullmatch(r"\S.{3,60}", operation["summary"]), name
        assert operation["description"], name
        assert operation["tags"], name
        assert set(operation["tags"]) <= told, name


def test_each_that_takes_json_shows_some(operations: list[Operation]) -> None:
    taking = {
        operation["operationId"]: operation["requestBody"]["content"]["application/json"]
        for operation in operations
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert {name: body.get("example") for name, body in taking.items()} == BODIES
