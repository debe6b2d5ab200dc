"""What every search index says where it finds nothing."""

from typing import Any

import pytest

from assetql.domain.search import SearchQuery
from assetql.ports import SearchIndex
from tests.contract.index_family import STUDIO, an_asset, feed


def test_an_empty_answer_names_what_would_find_something(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", "Red Potion", tags=["red"]),
        an_asset("b", "Red Potion", tags=["red"]),
        an_asset("c", "Sword", category="weapon"),
    )
    page = index.query(STUDIO, SearchQuery(text="red potion", untagged=True))
    assert page.hits == ()
    assert page.total == 0
    assert "'red potion' without untagged (2)" in page.alternatives


@pytest.mark.parametrize(
    ("asked", "alternative"),
    [
        ({"category": "wepon"}, "Did you mean category 'weapon'? (1)"),
        ({"tags": ("shrp",)}, "Did you mean tag 'sharp'? (1)"),
        ({"text": "swrod"}, "Did you mean 'sword'? (1)"),
        ({"text": "purple sword"}, "'sword' without 'purple' (1)"),
        ({"batch_id": "bat_9", "text": "sword"}, "'sword' without batch bat_9 (1)"),
    ],
)
def test_alternatives(index: SearchIndex, asked: dict[str, Any], alternative: str) -> None:
    feed(index, an_asset("c", "Sword", category="weapon", tags=["sharp"]), an_asset("d", "Tree"))
    query = SearchQuery(**asked)
    assert alternative in index.query(STUDIO, query).alternatives


def test_at_most_five_alternatives_and_none_with_hits(index: SearchIndex) -> None:
    feed(index, an_asset("a", "Red Round Glass Potion Flask", tags=["red"]))
    asked = SearchQuery(
        text="red round glass potion flask purple", tags=("red",), category="potion"
    )
    alternatives = index.query(STUDIO, asked).alternatives
    assert 1 <= len(alternatives) <= 5
    assert index.query(STUDIO, SearchQuery(text="red")).alternatives == ()


def test_an_empty_workspace_has_no_alternatives(index: SearchIndex) -> None:
    page = index.query(STUDIO, SearchQuery(text="red"))
    assert (page.hits, page.cursor, page.total, page.alternatives) == ((), None, 0, ())
