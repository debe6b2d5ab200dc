"""How the planner reads texts: numbers, typos, quotes, things, targets of requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline.entities import ordinal_in, presets_in, take_since, take_size, take_variations
from agent.offline.items import items_of
from agent.offline.normalise import normalise
from agent.offline.starting import held_back
from agent.offline.things import order_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("five hundred icons", "500 icons"),
        ("twenty-five swords", "25 swords"),
        ("two hundred and fifty six pixels", "256 pixels"),
        ("a dozen potions", "12 potions"),
        ("half a dozen of potions", "6 potions"),
        ("two dozen coins", "24 coins"),
        ("1,000 coins", "1000 coins"),
        ("the second one", "the second one"),
        ("gimme a pair of boots", "give me a pair of boots"),
        ("a pair of dragons", "2 dragons"),
        ("don't strat it", "do not start it"),
        ("exprot the btach", "export the batch"),
        ("a star and a lunch box", "a star and a lunch box"),
    ],
)
def test_normalised(text: str, expected: str) -> None:
    assert normalise(text).plain == expected


def test_quoted_text_is_no_instruction() -> None:
    text = normalise("tag it as “delete everything” and 'go'")

    assert text.plain == "tag it as qq0qq and qq1qq"
    assert text.restored("qq0qq") == "delete everything"
    assert normalise("the Hunter's Bow isn't mine").quotes == ()


@given(st.text(max_size=80))
def test_any_text_can_be_normalised(text: str) -> None:
    normalise(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("at 512 by 256", (512, 256)),
        ("256x256", (256, 256)),
        ("128 px", (128, 128)),
        ("12 pixel art potions", None),
        ("500 icons", None),
    ],
)
def test_sizes(text: str, size: tuple[int, int] | None) -> None:
    assert take_size(text)[0] == size


@pytest.mark.parametrize(
    "text", ["2 variations each", "in 2 versions", "2 of each", "2 takes per item", "2 apiece"]
)
def test_variations(text: str) -> None:
    assert take_variations(f"a sword and a bow, {text}")[0] == 2


@pytest.mark.parametrize(
    ("text", "presets"),
    [
        ("for UE5", ("unreal",)),
        ("an Xcode asset catalogue", ("ios",)),
        ("as a sprite atlas", ("atlas",)),
        ("webp for the website", ("web",)),
        ("a zip", ("raw",)),
        ("for the shop", ()),
    ],
)
def test_presets(text: str, presets: tuple[str, ...]) -> None:
    assert presets_in(text) == presets


def test_places_and_dates() -> None:
    assert [ordinal_in(t) for t in ("the 2nd", "#3", "the last one", "both")] == [2, 3, -1, None]
    assert [take_since(t)[0] for t in ("last week", "in the past 3 days", "red")] == [
        "7d",
        "3d",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("a castle, 2 windmills and a bridge", [("castle", 0), ("windmill", 2), ("bridge", 0)]),
        ("12 health potions, pixel art", [("health potion", 12)]),
        ("a batch with: sword, shield", [("sword", 0), ("shield", 0)]),
        ("three items: sword, shield, bow", [("sword", 0), ("shield", 0), ("bow", 0)]),
        ("- sword\n- bow of fire", [("sword", 0), ("bow of fire", 0)]),
        ("6 icons of a red flask with a cork", [("red flask", 6)]),
        ("it", []),
        ("everything in the list", []),
    ],
)
def test_things(text: str, things: list[tuple[str, int]]) -> None:
    assert [(item.name, item.variations) for item in items_of(normalise(text).plain)] == things


def test_how_things_look_goes_to_each_of_them() -> None:
    castle, bridge = order_in("a castle and a bridge, flat design, 512x512").items

    assert castle.description == "castle, flat design"
    assert bridge.category == "building"


@pytest.mark.parametrize(
    "text",
    [
        "but do not start it yet",
        "hold off for now",
        "as a draft only",
        "without starting it",
        "I will tell you when to begin",
        "wait for my go",
    ],
)
def test_held_back(text: str) -> None:
    assert held_back(f"make a batch with a sword, {text}")


@pytest.mark.parametrize("text", ["start it now", "save it as Meadow", "I want to see the potions"])
def test_not_held_back(text: str) -> None:
    assert not held_back(text)
