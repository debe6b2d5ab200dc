"""What every search index does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.errors import InvalidInput
from assetql.domain.search import SearchQuery
from assetql.domain.tags import Tag, TagSet
from assetql.ports import SearchIndex
from tests.contract.index_family import (
    INDEXES,
    RIVAL,
    START,
    STUDIO,
    OpenIndex,
    all_found,
    an_asset,
    feed,
    found,
)


@pytest.fixture(params=sorted(INDEXES))
def open_index(request: pytest.FixtureRequest) -> OpenIndex:
    return INDEXES[request.param]


@pytest.fixture
def index(open_index: OpenIndex, tmp_path: Path) -> Iterator[SearchIndex]:
    with open_index(tmp_path) as opened:
        yield opened


# Text


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("red potions", "Red Potion"),
        ("RED potion", "red potions"),
        ("knife", "Throwing Knives"),
        ("wolves", "Dire Wolf"),
        ("creme brulee", "Crème Brûlée"),
        ("CRÈME", "creme"),
        ("straße", "STRASSE"),
        ("ｆｕｌｌ width", "Full Width"),
        ("金币", "红色金币"),
        ("hunter bow", "Hunter's Bow"),
        ("iron sword", "iron_sword_01"),
        ("the potion of haste", "Haste Potion"),
        ("меч", "Огненный Меч"),
        ("glow", "Glowing Orb"),
    ],
)
def test_finds_a_name_in_other_words_forms(index: SearchIndex, asked: str, name: str) -> None:
    feed(index, an_asset("a", name), an_asset("b", "Something Else"))
    assert found(index, text=asked) == ["a"]


def test_searches_description_prompt_and_tags_too(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", description="with a cork stopper"),
        an_asset("b", prompt="a cork"),
        an_asset("c", tags=["cork"]),
        an_asset("d", name="Glass"),
    )
    assert set(found(index, text="cork")) == {"a", "b", "c"}


def test_all_words_must_occur_but_not_in_one_text(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", "Potion", tags=["red"]),
        an_asset("b", "Potion", tags=["blue"]),
        an_asset("c", "Red Sword"),
    )
    assert found(index, text="red potion") == ["a"]


def test_the_name_weighs_more_than_tags_and_they_more_than_the_description(
    index: SearchIndex,
) -> None:
    feed(
        index,
        an_asset("exact", "Red Potion", minute=0),
        an_asset("name", "Red Potion of Haste", minute=1),
        an_asset("tags", "Potion", tags=["red"], minute=2),
        an_asset("text", "Potion", description="red liquid", minute=3),
    )
    page = index.query(STUDIO, SearchQuery(text="red potion"))
    assert [hit.asset_id for hit in page.hits] == ["exact", "name", "tags", "text"]
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert page.total == 4


@pytest.mark.parametrize("text", ["!!!", "🧪", '" OR 1', "w1", "scope:w1", "*", '"" AND'])
def test_text_without_a_match_finds_nothing(index: SearchIndex, text: str) -> None:
    feed(index, an_asset("a", "Red Potion"))
    assert found(index, text=text) == []


def test_a_phrase_does_not_reach_over_the_end_of_a_text(index: SearchIndex) -> None:
    feed(index, an_asset("a", "金", tags=["币"]))
    assert found(index, text="金币") == []


def test_characters_count_in_their_order_only(index: SearchIndex) -> None:
    feed(index, an_asset("a", "币金"), an_asset("b", "金色的币"), an_asset("c", "两枚金币"))
    assert found(index, text="金币") == ["c"]


# Filters


def test_all_tags_must_hold(index: SearchIndex) -> None:
    feed(index, an_asset("a", tags=["red", "round"]), an_asset("b", tags=["red"]))
    assert found(index, tags=("Red", "round")) == ["a"]
    assert found(index, tags=("red", "unheard-of")) == []


def test_peoples_edits_count_as_tags(index: SearchIndex) -> None:
    edited = TagSet(
        model=(Tag("red", 0.9),), added=frozenset({"boss"}), removed=frozenset({"red"}), tagger="t"
    )
    feed(index, an_asset("a", tags=["red"]), replace(an_asset("b"), tags=edited))
    assert found(index, tags=("red",)) == ["a"]
    assert found(index, tags=("boss",)) == ["b"]
    assert found(index, text="boss") == ["b"]


def test_untagged_are_those_without_a_tag_in_force(index: SearchIndex) -> None:
    bare = TagSet(model=(Tag("red", 0.9),), removed=frozenset({"red"}), tagger="t")
    mine = TagSet(added=frozenset({"boss"}))
    feed(
        index,
        an_asset("a", tags=["red"]),
        an_asset("b"),
        replace(an_asset("c"), tags=bare),
        replace(an_asset("d"), tags=mine),
    )
    assert found(index, untagged=True) == ["b", "c"]


def test_category_style_and_batch(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", category="Weapon", style_id="sty_1", batch_id="bat_1"),
        an_asset("b", category="weapon", style_id="sty_2", batch_id="bat_2"),
        an_asset("c", category="potion", batch_id="bat_2"),
    )
    assert found(index, category="WEAPON") == ["a", "b"]
    assert found(index, style_id="sty_2") == ["b"]
    assert found(index, batch_id="bat_2") == ["b", "c"]
    assert found(index, batch_id="bat_2", category="weapon") == ["b"]
    assert found(index, batch_id="bat_3") == []


def test_since_and_until_include_their_moments(index: SearchIndex) -> None:
    feed(index, *(an_asset(f"a{minute}", minute=minute) for minute in range(4)))
    since, until = START + timedelta(minutes=1), START + timedelta(minutes=2)
    assert found(index, since=since, until=until) == ["a2", "a1"]


def test_a_moment_without_a_time_zone_is_refused(index: SearchIndex) -> None:
    feed(index, an_asset("a"))
    with pytest.raises(InvalidInput, match="time zone"):
        found(index, since=START.replace(tzinfo=None))


def test_sides(index: SearchIndex) -> None:
    feed(index, an_asset("a", width=64, height=512), an_asset("b", width=256, height=256))
    assert found(index, min_side=128) == ["b"]
    assert found(index, max_side=256) == ["b"]
    assert found(index, min_side=64, max_side=512) == ["a", "b"]


def test_color_is_any_near_colour_of_the_palette(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("crimson", colors=("#ffffff", "#dc143c")),
        an_asset("navy", colors=("#000080", "#ffffff")),
        an_asset("none"),
    )
    assert found(index, color="#ff0000") == ["crimson"]
    assert found(index, color="#0000a0") == ["navy"]
    assert found(index, color="FFFFFF") == ["crimson", "navy"]


@pytest.mark.parametrize("color", ["", "red", "#ff00", "#gggggg", "#ff0000; DROP"])
def test_what_is_no_colour_is_refused(index: SearchIndex, color: str) -> None:
    feed(index, an_asset("a"))
    with pytest.raises(InvalidInput, match="colour"):
        found(index, color=color)


def test_near_duplicates_differ_in_at_most_six_bits(index: SearchIndex) -> None:
    top = 1 << 63
    feed(
        index,
        an_asset("same", phash=top | 0b1),
        an_asset("six", phash=top | 0b1111110),
        an_asset("seven", phash=top | 0b11111110),
    )
    assert found(index, near_phash=top) == ["same", "six"]


def test_excluded_ids_are_left_out(index: SearchIndex) -> None:
    feed(index, an_asset("a"), an_asset("b"))
    assert found(index, exclude=("a", "unheard-of")) == ["b"]


# Likeness


def test_likeness_orders_by_cosine_and_leaves_out_what_has_no_vector(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("far", embedding=(0.0, 1.0)),
        an_asset("near", embedding=(0.8, 0.6)),
        an_asset("same", embedding=(1.0, 0.0)),
        an_asset("none"),
        an_asset("other space", embedding=(1.0, 0.0, 0.0)),
    )
    page = index.query(STUDIO, SearchQuery(embedding=(1.0, 0.0)))
    assert [hit.asset_id for hit in page.hits] == ["same", "near", "far"]
    assert [hit.score for hit in page.hits] == pytest.approx([1.0, 0.8, 0.0])


def test_likeness_within_text_and_filters(index: SearchIndex) -> None:
    feed(
        index,
        an_asset("a", "Red Potion", embedding=(0.6, 0.8)),
        an_asset("b", "Red Potion", embedding=(1.0, 0.0), category="weapon"),
        an_asset("c", "Blue Potion", embedding=(1.0, 0.0)),
        an_asset("d", "Red Potion", embedding=(1.0, 0.0)),
    )
    assert found(index, text="red", category="potion", embedding=(1.0, 0.0)) == ["d", "a"]


def test_an_asset_that_lost_its_vector_or_moved_space_is_not_alike(index: SearchIndex) -> None:
    feed(index, *(an_asset(name, embedding=(1.0, 0.0)) for name in "abc"))
    assert found(index, embedding=(1.0, 0.0)) == ["a", "b", "c"]
    feed(index, an_asset("a"), an_asset("b", embedding=(1.0, 0.0, 0.0)))
    assert found(index, embedding=(1.0, 0.0)) == ["c"]
    assert found(index, embedding=(1.0, 0.0, 0.0)) == ["b"]


def test_an_embedding_that_is_not_finite_is_refused(index: SearchIndex) -> None:
    with pytest.raises(InvalidInput, match="finite"):
        found(index, embedding=(float("nan"),))


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


# The empty answer


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
