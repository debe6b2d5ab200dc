"""What every search index finds: by words, by filters, by likeness."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assetql.domain.errors import InvalidInput
from assetql.domain.search import SearchQuery
from assetql.domain.tags import Tag, TagSet
from assetql.ports import SearchIndex
from tests.contract.index_family import START, STUDIO, an_asset, feed, found

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
