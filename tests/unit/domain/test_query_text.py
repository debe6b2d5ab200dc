import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetql.domain.query_text import fold, query_words, singular, spaced, words


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("potions", "potion"),
        ("boxes", "box"),
        ("torches", "torch"),
        ("berries", "berry"),
        ("glasses", "glass"),
        ("glass", "glass"),
        ("cactus", "cactus"),
        ("knives", "knife"),
        ("pickaxes", "pickaxe"),
        ("shoes", "shoe"),
        ("lenses", "lens"),
        ("lens", "lens"),
        ("gas", "gas"),
    ],
)
def test_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


def test_words_are_folded_split_and_singular() -> None:
    assert words("Hunter’s Bows, iron_sword_01") == ("hunter", "bow", "iron", "sword", "01")
    assert words("红色金币 coins") == ("红色金币", "coin")


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    assert query_words("the potion of the red potions") == ("potion", "red")
    assert query_words("the of") == ("the", "of")


def test_cjk_is_spaced_and_other_words_are_not() -> None:
    assert spaced("金币") == "金 币"
    assert spaced("potion") == "potion"


@given(st.text())
def test_folding_twice_changes_nothing_that_words_depend_on(text: str) -> None:
    assert words(fold(text)) == words(text)


@given(st.text())
def test_words_hold_no_syntax(text: str) -> None:
    assert not any(set(word) & set(" \"'*:^()+-{}\0\ue000") for word in words(text))
