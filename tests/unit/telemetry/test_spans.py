from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.trace import StatusCode

from assetql.domain.errors import Conflict, StoreUnavailable
from assetql.telemetry.ids import bound
from assetql.telemetry.tracing import LongSpan, span, traced
from tests.support.telemetry import parent_of, spans_collected

SECRET = "ann's dragon"


class Shelf:
    """A port of its own kind."""

    label = "shelf-1"

    def put(self, key: str, *, data: str = "") -> str:
        if data == "conflict":
            raise Conflict(f"{key} {SECRET}")
        if data == "fault":
            raise StoreUnavailable(f"{key} {SECRET}")
        if data == "crash":
            raise KeyError(SECRET)
        return key + data

    def keys(self) -> Iterator[str]:
        yield "a"

    @contextmanager
    def writer(self) -> Generator[str]:
        yield "file"


def test_a_traced_port_answers_as_the_port_does() -> None:
    shelf = traced(Shelf(), "shelf")
    assert shelf.label == "shelf-1"
    assert shelf.put(SECRET, data="b") == SECRET + "b"
    assert list(shelf.keys()) == ["a"]
    with shelf.writer() as file:
        assert file == "file"
    assert not hasattr(shelf, "nothing")


def test_a_call_is_a_span_with_the_bound_ids_and_no_content() -> None:
    shelf = traced(Shelf(), "shelf")
    with spans_collected() as spans, bound(workspace="studio", batch="bat_1"), span("generate"):
        shelf.put(SECRET)
    put, generate = spans
    assert (put.name, generate.name) == ("shelf.put", "generate")
    assert put.attributes == {"assetql.workspace": "studio", "assetql.batch": "bat_1"}
    assert parent_of(put, spans) is generate
    assert SECRET not in put.to_json() + generate.to_json()


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        ("conflict", "conflict", StatusCode.UNSET),
        ("fault", "store_unavailable", StatusCode.ERROR),
        ("crash", "KeyError", StatusCode.ERROR),
    ],
)
def test_an_error_is_named_and_only_a_fault_is_marked(
    data: str, kind: str, status: StatusCode
) -> None:
    shelf = traced(Shelf(), "shelf")
    with spans_collected() as spans, pytest.raises((Conflict, StoreUnavailable, KeyError)):
        shelf.put("a", data=data)
    (put,) = spans
    assert put.attributes == {"error.type": kind}
    assert put.status.status_code is status
    assert SECRET not in put.to_json()


def test_a_block_that_a_port_opens_is_a_span_of_its_own() -> None:
    shelf = traced(Shelf(), "shelf")
    with spans_collected() as spans, shelf.writer():
        shelf.put("a")
    opened, put, block = spans
    assert [each.name for each in (opened, put, block)] == [
        "shelf.writer",
        "shelf.put",
        "shelf.writer.block",
    ]
    assert parent_of(put, spans) is block


def test_a_long_span_is_current_only_where_it_says_so() -> None:
    with spans_collected() as spans:
        turn = LongSpan("turn")
        with span("outside"):
            pass
        with turn.current(), span("inside"):
            pass
        turn.end()
    outside, inside, whole = spans
    assert outside.parent is None
    assert parent_of(inside, spans) is whole
