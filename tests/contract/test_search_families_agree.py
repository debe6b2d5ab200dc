"""One asset list, one question, the same answer: whatever a family keeps its terms in."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assetql.domain.asset import Asset
from assetql.domain.search import HitPage, SearchQuery
from assetql.ports import SearchIndex
from tests.contract.index_family import INDEXES, STUDIO, an_asset

WORDS = (
    *("biology", "biological", "potions", "potion's", "possibly", "possible", "glowing", "glow"),
    *("knives", "ies", "is", "as", "a", "s", "iron_sword_01", "x2", "Crème", "STRASSE", "straße"),
    *("меч", "мечи", "金", "币", "金币", "红色金币", "金币金", "かたな", "カタナ", "ｆｕｌｌ", "é"),
)
words = st.sampled_from(WORDS) | st.text(alphabet="aeiosy金币é-_ '", min_size=1, max_size=6)
texts = st.lists(words, max_size=4).map(" ".join)
vectors = st.sampled_from([(), (1.0, 0.0), (0.6, 0.8), (0.8, 0.6), (0.0, 0.0, 1.0)])


@st.composite
def histories(draw: st.DrawFn) -> list[list[Asset]]:
    """What is applied at a time; some assets come in several versions, in any order."""
    count = draw(st.integers(1, 8))
    versions = [
        an_asset(
            f"ast_{draw(st.integers(0, count))}",
            draw(texts),
            tags=draw(st.lists(words, max_size=2, unique=True)),
            description=draw(texts),
            prompt=draw(texts),
            category=draw(words),
            minute=draw(st.integers(0, 2)),
            phash=draw(st.integers(0, 127)),
            embedding=draw(vectors),
            version=version,
        )
        for version in range(1, count + 3)
    ]
    shuffled = draw(st.permutations(versions))
    cut = draw(st.integers(0, len(shuffled)))
    return [shuffled[:cut], shuffled[cut:], shuffled[: cut // 2]]


queries = st.builds(
    SearchQuery,
    text=st.just("") | texts,
    tags=st.just(()) | st.lists(words, max_size=1).map(tuple),
    category=st.none() | words,
    embedding=st.none() | st.sampled_from([(1.0, 0.0), (0.0, 1.0, 0.0)]),
    near_phash=st.none() | st.integers(0, 127),
    exclude=st.just(()) | st.just(("ast_0", "ast_9")),
    limit=st.integers(1, 4),
)


def pages(index: SearchIndex, query: SearchQuery) -> list[HitPage]:
    """All pages, without their cursors, which are signed with different keys."""
    found = [index.query(STUDIO, query)]
    while cursor := found[-1].cursor:
        found.append(index.query(STUDIO, query, cursor=cursor))
    return [replace(page, cursor=None) for page in found]


@settings(max_examples=25, deadline=None)
@given(history=histories(), asked=st.lists(queries, min_size=1, max_size=6))
def test_families_answer_alike(history: list[list[Asset]], asked: list[SearchQuery]) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        opened = [stack.enter_context(open_index(Path(folder))) for open_index in INDEXES.values()]
        for assets in history:
            for index in opened:
                index.apply(assets)
        for query in asked:
            first, *others = (pages(index, query) for index in opened)
            for other in others:
                assert other == first
