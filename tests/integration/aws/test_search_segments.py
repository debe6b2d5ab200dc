"""What readers of the search index find while its segments come, are merged and are deleted."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.index import SegmentIndex
from assetql.adapters.aws.index.shelf import Gone, Shelf, signing_key
from assetql.adapters.aws.index.tidying import MANY, tidy
from assetql.adapters.aws.index.writing import written
from assetql.domain.errors import StoreUnavailable
from assetql.domain.search import SearchQuery
from tests.contract.index_family import RIVAL, STUDIO, all_found, an_asset, found
from tests.contract.races import race
from tests.support.emulator import REGION, emulator_address, names_for

AT_ONCE = timedelta(seconds=-5)  # S3 says the time of an answer in whole seconds
ASKED = (
    SearchQuery(limit=7),
    SearchQuery(text="flask", limit=7),
    SearchQuery(text="金币", limit=7),
    SearchQuery(embedding=(1.0, 0.0), limit=7),
    SearchQuery(embedding=(1.0, 0.0, 0.0), limit=7),
    SearchQuery(tags=("red",), limit=7),
)


class Killed(BaseException):
    """Ends a process from outside."""


class Bucket:
    """A bucket of the test's own; its client can be killed before any request."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.s3 = Clients(region=REGION, endpoint=emulator_address()).s3
        self.s3.create_bucket(Bucket=name)
        self.s3.meta.events.register("before-send.s3", self._count)
        self.requests: list[str] = []
        self.kill_at: int | None = None

    def _count(self, request: Any, **_: Any) -> None:
        if len(self.requests) == self.kill_at:
            raise Killed
        self.requests.append(f"{request.method} {request.url}")

    def index(self) -> SegmentIndex:
        """What a process of its own would have."""
        return SegmentIndex(self.s3, self.name)

    def shelf(self) -> Shelf:
        return Shelf(self.s3, self.name, STUDIO)

    def segments(self) -> list[str]:
        return sorted(self.shelf().listing().segments)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(names_for(tmp_path).bucket)


def fill(bucket: Bucket, *, rounds: int = 1) -> None:
    """As many segments as are merged; each asset in two versions, and in two spaces."""
    for n in range(MANY * rounds):
        new = an_asset(f"a{n:02}", "Flask" if n % 3 else "红色金币", minute=n, embedding=(0.6, 0.8))
        odd = an_asset(f"b{n:02}", "Odd Flask", minute=-n, embedding=(0.0, 0.6, 0.8), tags=["red"])
        newer = replace(new, version=2, embedding=(1.0, n / 100), name=f"{new.name} 2")
        bucket.shelf().put(*written([new, odd]))
        bucket.shelf().put(*written([newer]))


def answers(index: SegmentIndex) -> list[list[str]]:
    index.catch_up()
    return [all_found(index, query) for query in ASKED]


def test_a_redelivery_stores_the_same_object(bucket: Bucket) -> None:
    assets = [an_asset("a"), an_asset("b"), an_asset("c", workspace=RIVAL)]
    bucket.index().apply(assets)
    first = bucket.segments()
    bucket.index().apply(assets[::-1])
    bucket.index().apply([*assets, assets[0]])
    assert bucket.segments() == first
    assert len(first) == 1


def test_many_segments_become_few_and_nothing_else_changes(bucket: Bucket) -> None:
    fill(bucket, rounds=3)
    warm = bucket.index()
    before = answers(warm)
    many = len(bucket.segments())
    tidy(bucket.shelf(), keep=AT_ONCE)
    assert answers(bucket.index()) == answers(warm) == before
    tidy(bucket.shelf(), keep=AT_ONCE)
    assert len(bucket.segments()) < many / MANY
    assert answers(bucket.index()) == answers(warm) == before


def test_what_is_replaced_stays_for_those_who_listed_it(bucket: Bucket) -> None:
    fill(bucket)
    before = bucket.segments()
    tidy(bucket.shelf())
    tidy(bucket.shelf())
    assert set(before) < set(bucket.segments())


def test_a_new_reader_reads_what_is_in_force_only(bucket: Bucket) -> None:
    fill(bucket)
    tidy(bucket.shelf())
    bucket.requests.clear()
    found(bucket.index())
    heads = [request for request in bucket.requests if "/index/studio/" in request]
    assert len(heads) == 2  # the plan of the only segment in force, and its head


def test_a_reader_that_has_the_parts_does_not_read_the_whole(bucket: Bucket) -> None:
    fill(bucket)
    warm = bucket.index()
    answers(warm)
    tidy(bucket.shelf())
    bucket.requests.clear()
    warm.catch_up()
    found(warm)
    assert len([request for request in bucket.requests if "/index/studio/" in request]) == 1


def test_embeddings_deleted_before_they_were_asked_for_are_found_anew(bucket: Bucket) -> None:
    fill(bucket)
    lazy = bucket.index()
    found(lazy)  # knows the segments, but none of their embeddings
    tidy(bucket.shelf(), keep=AT_ONCE)
    tidy(bucket.shelf(), keep=AT_ONCE)
    assert len(bucket.segments()) == 1
    asked = SearchQuery(embedding=(1.0, 0.0))
    hits = lazy.query(STUDIO, asked).hits
    assert hits == bucket.index().query(STUDIO, asked).hits
    assert len(hits) == MANY


def test_tidying_killed_before_any_of_its_requests_loses_nothing(bucket: Bucket) -> None:
    fill(bucket)
    before = answers(bucket.index())
    for _ in range(3):  # merges, deletes, has nothing left to do
        finished, killed_at = False, 0
        while not finished:
            bucket.requests.clear()
            bucket.kill_at = killed_at
            try:
                tidy(bucket.shelf(), keep=AT_ONCE)
                finished = True
            except Killed:
                killed_at += 1
            bucket.kill_at = None
            assert answers(bucket.index()) == before
    assert len(bucket.segments()) == 1


def test_many_tidy_while_others_apply_and_search(bucket: Bucket) -> None:
    fill(bucket)
    before = answers(bucket.index())

    def work(number: int) -> None:
        index = bucket.index()
        for n in range(6):
            index.apply([an_asset(f"new{number}{n}", "Vial", minute=100)])
            with suppress(Gone):  # another one was faster
                tidy(bucket.shelf(), keep=AT_ONCE)
            assert {f"new{number}{each}" for each in range(n + 1)} <= set(
                all_found(index, SearchQuery(text="vial"))
            )

    race(4, work)
    after = answers(bucket.index())
    assert after[1:] == before[1:]
    assert len(after[0]) == len(before[0]) + 24


def test_all_processes_sign_with_one_key(bucket: Bucket) -> None:
    keys = race(8, lambda _: signing_key(bucket.s3, bucket.name))
    assert len(set(keys)) == 1
    bucket.index().apply([an_asset("a"), an_asset("b")])
    cursor = bucket.index().query(STUDIO, SearchQuery(limit=1)).cursor
    page = bucket.index().query(STUDIO, SearchQuery(limit=1), cursor=cursor)
    assert [hit.asset_id for hit in page.hits] == ["b"]


def test_no_name_of_a_workspace_reaches_into_another(bucket: Bucket) -> None:
    index = bucket.index()
    names = ["a", "a/b", "a%2Fb", "../a", "key", "ä"]
    index.apply([an_asset(f"asset of {name}", workspace=name) for name in names])
    for name in names:
        assert found(index, name) == [f"asset of {name}"]


def test_a_segment_that_is_damaged_is_named(bucket: Bucket) -> None:
    bucket.index().apply([an_asset("a")])
    (name,) = bucket.segments()
    bucket.shelf().put(name, b"\0" * 5_000)
    with pytest.raises(StoreUnavailable, match=name):
        found(bucket.index())
