"""Whatever is in a search index and whatever is asked of it."""

import random
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetql.domain.asset import Asset
from assetql.domain.query_text import words
from assetql.domain.search import SearchQuery
from assetql.ports import SearchIndex
from tests.contract.index_family import (
    RIVAL,
    START,
    STUDIO,
    OpenIndex,
    all_found,
    an_asset,
    feed,
)

FEW = settings(
    max_examples=15,
    deadline=None,
    # `open_index` is a function without a state: each example opens an index of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = ("red", "potion", "sword", "金币", "glass")
TAGS = ("red", "round", "boss")
KINDS = ("potion", "Weapon")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
tags = st.lists(st.sampled_from(TAGS), max_size=2, unique=True)
vectors = st.sampled_from([(), (1.0, 0.0), (0.0, 1.0), (0.6, 0.8), (0.8, 0.6)])


@st.composite
def assets(draw: st.DrawFn) -> list[Asset]:
    count = draw(st.integers(0, 14))
    return [
        an_asset(
            f"ast_{number}",
            draw(texts),
            tags=draw(tags),
            description=draw(texts),
            workspace=draw(st.sampled_from([STUDIO, STUDIO, RIVAL])),
            category=draw(st.sampled_from(KINDS)),
            batch_id=draw(st.sampled_from(["bat_1", "bat_2"])),
            minute=draw(st.integers(0, 3)),
            width=draw(st.sampled_from([64, 256])),
            height=draw(st.sampled_from([64, 256])),
            phash=draw(st.integers(0, 255)),
            embedding=draw(vectors),
        )
        for number in range(count)
    ]


queries = st.builds(
    SearchQuery,
    text=st.just("") | texts,
    tags=tags.map(tuple),
    untagged=st.booleans(),
    category=st.none() | st.sampled_from(["POTION", "weapon", "none"]),
    batch_id=st.none() | st.sampled_from(["bat_1", "bat_3"]),
    since=st.none() | st.integers(0, 3).map(lambda minute: START + timedelta(minutes=minute)),
    until=st.none() | st.integers(0, 3).map(lambda minute: START + timedelta(minutes=minute)),
    min_side=st.none() | st.sampled_from([64, 128]),
    max_side=st.none() | st.sampled_from([64, 128]),
    near_phash=st.none() | st.integers(0, 255),
    embedding=st.none() | st.sampled_from([(1.0, 0.0), (0.6, 0.8)]),
    exclude=st.just(()) | st.just(("ast_0", "ast_1")),
    limit=st.integers(1, 5),
)


@contextmanager
def filled(open_index: OpenIndex, entries: list[Asset]) -> Generator[SearchIndex]:
    with tempfile.TemporaryDirectory() as folder, open_index(Path(folder)) as index:
        feed(index, *entries)
        yield index


def holds(asset: Asset, query: SearchQuery) -> bool:
    """The conditions as they read, without an index."""
    every = {*words(asset.name), *words(asset.description), *asset.tags.names}
    small, large = sorted((asset.width, asset.height))
    return all(
        (
            set(words(query.text)) <= every,
            set(query.tags) <= set(asset.tags.names),
            not query.untagged or not asset.tags.names,
            query.category is None or query.category.lower() == asset.category.lower(),
            query.batch_id is None or query.batch_id == asset.batch_id,
            query.since is None or asset.created_at >= query.since,
            query.until is None or asset.created_at <= query.until,
            query.min_side is None or small >= query.min_side,
            query.max_side is None or large <= query.max_side,
            query.near_phash is None or (query.near_phash ^ asset.phash).bit_count() <= 6,
            query.embedding is None or bool(asset.embedding),
            asset.asset_id not in query.exclude,
        )
    )


@FEW
@given(entries=assets(), query=queries)
def test_finds_what_holds_and_nothing_else(
    open_index: OpenIndex, entries: list[Asset], query: SearchQuery
) -> None:
    with filled(open_index, entries) as index:
        for workspace in (STUDIO, RIVAL):
            mine = [each for each in entries if each.workspace == workspace]
            ids = all_found(index, query, workspace)
            assert sorted(ids) == sorted(each.asset_id for each in mine if holds(each, query))


@FEW
@given(entries=assets(), query=queries)
def test_pages_join_to_the_whole_order(
    open_index: OpenIndex, entries: list[Asset], query: SearchQuery
) -> None:
    with filled(open_index, entries) as index:
        whole = index.query(STUDIO, replace(query, limit=1000))
        assert all_found(index, query) == [hit.asset_id for hit in whole.hits]
        assert whole.total in {None, len(whole.hits)}
        scores = [hit.score for hit in whole.hits]
        assert scores == sorted(scores, reverse=True)


@FEW
@given(entries=assets(), query=queries)
def test_alternatives_come_with_an_empty_answer_only(
    open_index: OpenIndex, entries: list[Asset], query: SearchQuery
) -> None:
    with filled(open_index, entries) as index:
        page = index.query(STUDIO, query)
        assert len(page.alternatives) <= 5
        assert not (page.hits and page.alternatives)


@FEW
@given(text=st.text(max_size=40) | st.text(alphabet='"*:^()-+{}ANDORNOTEAR ', max_size=40))
def test_no_text_is_syntax(open_index: OpenIndex, text: str) -> None:
    with filled(open_index, [an_asset("a", "Red Potion")]) as index:
        index.query(STUDIO, SearchQuery(text=text, tags=(text,), category=text, exclude=(text,)))


@FEW
@given(name=st.text(max_size=30), tag=st.text(min_size=1, max_size=10))
def test_an_asset_is_found_by_its_own_name_and_tag(
    open_index: OpenIndex, name: str, tag: str
) -> None:
    with filled(open_index, [an_asset("a", name, tags=[tag])]) as index:
        assert all_found(index, SearchQuery(tags=(tag,))) == ["a"]
        if words(name):
            assert all_found(index, SearchQuery(text=name)) == ["a"]


@FEW
@given(entries=assets(), order=st.randoms(use_true_random=False))
def test_the_order_of_delivery_does_not_matter(
    open_index: OpenIndex, entries: list[Asset], order: random.Random
) -> None:
    edited = [replace(entry, name=f"{entry.name} 2", version=2) for entry in entries[::2]]
    shuffled = [*entries, *edited, *edited[:3]]
    order.shuffle(shuffled)
    newest = {entry.asset_id: entry for entry in [*entries, *edited]}
    with filled(open_index, list(newest.values())) as first, filled(open_index, []) as second:
        for entry in shuffled:
            second.apply([entry])
        for query in (SearchQuery(limit=1000), SearchQuery(text="2", limit=1000)):
            assert first.query(STUDIO, query).hits == second.query(STUDIO, query).hits
