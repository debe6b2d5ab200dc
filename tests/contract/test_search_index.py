"""What every search index does: its order and pages, workspaces apart, and changes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.errors import InvalidInput
from assetql.domain.search import SearchQuery
from assetql.ports import SearchIndex
from tests.contract.index_family import RIVAL, STUDIO, OpenIndex, all_found, an_asset, feed, found

# Order and pages


def test_newest_first_then_by_id(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("c", minute=1),
        an_asset("b", minute=1),
        an_asset("a", minute=0),
        an_asset("d", minute=2),
    )
    assert found(index) == ["d", "b", "c", "a"]


def test_pages_have_the_size_asked_and_know_the_total(index: SearchIndex) -> None:
    feed(index, *(an_asset(f"a{n}", minute=n) for n in range(5)))
    first = index.query(STUDIO, SearchQuery(limit=2))
    assert len(first.hits) == 2
    assert first.total == 5
    last = index.query(STUDIO, SearchQuery(limit=3), cursor=first.cursor)
    assert [hit.asset_id for hit in last.hits] == ["a2", "a1", "a0"]
    assert last.cursor is None


@pytest.mark.parametrize("asked", [{}, {"text": "flask"}, {"embedding": (1.0, 0.0)}])
def test_what_comes_and_goes_between_pages_moves_nothing_else(
    index: SearchIndex, asked: dict[str, Any]
) -> None:
    entries = [
        an_asset(f"a{n}", "Flask", minute=n, embedding=(1 - n / 10, n / 10), category="potion")
        for n in range(8)
    ]
    feed(index, *entries)
    query = SearchQuery(limit=3, category="potion", **asked)
    before = all_found(index, query)
    first = index.query(STUDIO, query)
    gone = replace(next(e for e in entries if e.asset_id == before[2]), category="weapon")
    newcomers = [
        an_asset("new1", "Flask", minute=100, embedding=(1.0, 0.0)),
        an_asset("new2", "Flask Stand", minute=-5, embedding=(0.0, 1.0)),
    ]
    feed(index, gone, *newcomers)
    second = index.query(STUDIO, query, cursor=first.cursor)
    assert [hit.asset_id for hit in first.hits + second.hits] == before[:6]


def test_a_page_of_nothing_or_too_much_is_refused(index: SearchIndex) -> None:
    for limit in (0, -1, 100_000):
        with pytest.raises(InvalidInput, match="page"):
            found(index, limit=limit)


def test_a_cursor_of_another_query_or_workspace_is_refused(index: SearchIndex) -> None:
    for workspace in (STUDIO, RIVAL):
        feed(index, *(an_asset(f"{workspace}{n}", workspace=workspace) for n in range(3)))
    cursor = index.query(STUDIO, SearchQuery(limit=1)).cursor
    assert cursor
    with pytest.raises(InvalidInput, match="cursor"):
        index.query(STUDIO, SearchQuery(text="flask", limit=1), cursor=cursor)
    with pytest.raises(InvalidInput, match="cursor"):
        index.query(RIVAL, SearchQuery(limit=1), cursor=cursor)


def test_a_forged_cursor_is_refused(index: SearchIndex) -> None:
    feed(index, *(an_asset(f"a{n}") for n in range(3)))
    cursor = index.query(STUDIO, SearchQuery(limit=1)).cursor
    assert cursor
    swapped = "A" if cursor[0] != "A" else "B"
    for forged in ("", "x", "ä", "AAAA", cursor[:-4], swapped + cursor[1:], cursor + "AAAA"):
        with pytest.raises(InvalidInput, match="cursor"):
            index.query(STUDIO, SearchQuery(limit=1), cursor=forged)


# Workspaces


def test_a_workspace_finds_its_own_alone(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("mine", "Red Potion", tags=["red"], embedding=(1.0, 0.0), phash=5),
        an_asset(
            "theirs", "Red Potion", tags=["red"], embedding=(1.0, 0.0), phash=5, workspace=RIVAL
        ),
    )
    several: tuple[dict[str, Any], ...] = (
        {},
        {"text": "red potion"},
        {"tags": ("red",)},
        {"embedding": (1.0, 0.0)},
        {"near_phash": 5},
        {"batch_id": "bat_1"},
    )
    for asked in several:
        assert found(index, STUDIO, **asked) == ["mine"]
        assert found(index, RIVAL, **asked) == ["theirs"]
        assert found(index, "nobody", **asked) == []


def test_the_same_asset_id_in_two_workspaces_is_two_assets(index: SearchIndex) -> None:
    feed(index, an_asset("a", "Mine"), an_asset("a", "Theirs", workspace=RIVAL))
    assert found(index, STUDIO, text="mine") == ["a"]
    assert found(index, STUDIO, text="theirs") == []


def test_alternatives_count_and_name_nothing_of_another_workspace(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", "Flask"),
        an_asset("b", "Secret Sword", category="secret", tags=["secret"], workspace=RIVAL),
    )
    for asked in (
        SearchQuery(text="secrt"),
        SearchQuery(category="secrt"),
        SearchQuery(tags=("secrt",)),
        SearchQuery(text="sword", untagged=True),
    ):
        page = index.query(STUDIO, asked)
        assert "secret" not in str(page.alternatives)
        assert "sword' alone" not in str(page.alternatives)


# Changes


def test_an_update_replaces_what_was_there(index: SearchIndex) -> None:
    feed(index, an_asset("a", "Red Potion", tags=["red"], category="potion"))
    assert found(index, text="red") == ["a"]
    feed(index, an_asset("a", "Blue Sword", tags=["blue"], category="weapon"))
    assert found(index, text="red") == []
    assert found(index, tags=("red",)) == []
    assert found(index, category="potion") == []
    assert found(index, text="blue sword", tags=("blue",), category="weapon") == ["a"]


def test_applying_twice_or_late_changes_nothing(index: SearchIndex) -> None:
    old, new = an_asset("a", "Red", version=1), an_asset("a", "Blue", version=2)
    index.apply([old])
    index.apply([new])
    index.apply([old])
    index.apply([new, old])
    index.apply([])
    assert found(index, text="blue") == ["a"]
    assert found(index, text="red") == []
    assert found(index) == ["a"]


def test_a_second_handle_sees_what_the_first_applied(
    index: SearchIndex, open_index: OpenIndex, tmp_path: Path
) -> None:
    with open_index(tmp_path) as other:
        feed(index, an_asset("a", "Red", embedding=(1.0,)))
        assert found(other, embedding=(1.0,)) == ["a"]
        feed(index, an_asset("b", "Blue", minute=1, embedding=(0.5,)))
        other.catch_up()
        assert found(other) == ["b", "a"]
        assert found(other, embedding=(1.0,)) == ["a", "b"]


def test_an_index_is_built_anew_from_the_newest_versions(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    entries = [an_asset(f"a{n}", "Flask", minute=n % 3, tags=["t"] * (n % 2)) for n in range(9)]
    with open_index(tmp_path / "first") as first, open_index(tmp_path / "second") as second:
        feed(first, *entries)
        feed(first, an_asset("a4", "Vial", minute=1))
        newest = [entry for entry in entries if entry.asset_id != "a4"]
        second.apply([an_asset("a4", "Vial", minute=1), *newest])
        for asked in (SearchQuery(), SearchQuery(text="flask"), SearchQuery(untagged=True)):
            assert all_found(first, asked) == all_found(second, asked)
