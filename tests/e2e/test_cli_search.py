"""assetql search and tag: every option finds what it says, page by page."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest

from tests.e2e.conftest import Studio

KEYS = {"asset_id", "batch_id", "name", "tags", "category", "style", "image", "thumbnail"}


def names(page: dict[str, Any]) -> list[str]:
    """The names of a page's assets, in order."""
    return [asset["name"] for asset in page["assets"]]


def file_of(link: str) -> Path:
    """The file behind a link of the embedded default."""
    return Path(unquote(urlparse(link).path))


def test_words_find_names_prompts_and_tags(studio: Studio) -> None:
    page = studio.cli.json("search", "shield")
    assert names(page) == ["Oak Shield"]
    assert page["cursor"] is None
    asset = page["assets"][0]
    assert set(asset) >= KEYS
    assert (asset["batch_id"], asset["category"]) == (studio.batch, "armor")
    assert file_of(asset["image"]).read_bytes().startswith(b"\x89PNG")
    assert file_of(asset["thumbnail"]).is_file()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--category", "key"), {"Iron Key"}),
        (("--style", "meadow"), {"Red Potion", "Blue Potion", "Oak Shield", "Iron Key"}),
        (("--color", "blue", "--category", "potion"), {"Blue Potion"}),
        (("--since", "1d", "--category", "armor"), {"Oak Shield"}),
        (("--since", "2999-01-01"), set[str]()),
        (("--untagged",), set[str]()),
        (("potion", "--tag", "potion"), {"Red Potion", "Blue Potion"}),
    ],
)
def test_filters_narrow(studio: Studio, options: tuple[str, ...], found: set[str]) -> None:
    assert set(names(studio.cli.json("search", *options))) == found


def test_pages_follow_one_another_without_gap_or_repeat(studio: Studio) -> None:
    seen: list[str] = []
    cursor: list[str] = []
    for size in (2, 2, 1):
        page = studio.cli.json("search", "--limit", 2, *cursor)
        assert len(page["assets"]) == size
        seen += [asset["asset_id"] for asset in page["assets"]]
        cursor = ["--cursor", page["cursor"]]
    assert page["cursor"] is None
    assert sorted(seen) == list(studio.assets)


def test_the_likes_of_an_asset_and_of_an_image_come_nearest_first(
    studio: Studio, tmp_path: Path
) -> None:
    red = studio.cli.json("search", "red potion")["assets"][0]
    like_asset = studio.cli.json("search", "--similar-to", red["asset_id"])["assets"]
    assert red["asset_id"] not in [asset["asset_id"] for asset in like_asset]
    assert like_asset[0]["name"] == "Red Potion"  # its other variation
    picture = Path(shutil.copy(file_of(red["image"]), tmp_path / "mine.png"))
    like_image = studio.cli.json("search", "--similar-to", picture, "--limit", 1)["assets"]
    assert like_image[0]["asset_id"] == red["asset_id"]


def test_an_empty_answer_is_honest_and_names_what_would_be_found(studio: Studio) -> None:
    page = studio.cli.json("search", "potion", "--category", "key")
    assert (page["assets"], page["cursor"]) == ([], None)
    assert page["alternatives"]
    shown = studio.cli("search", "potion", "--category", "key")
    assert shown.code == 0
    assert "Nothing matches" in shown.out
    assert page["alternatives"][0] in shown.out


def test_ids_are_never_cut_however_narrow_the_terminal(studio: Studio) -> None:
    shown = studio.cli("search", "potion", COLUMNS="60").out
    for asset in studio.cli.json("search", "potion")["assets"]:
        assert asset["asset_id"] in shown


def test_edited_tags_are_found_and_removed_ones_are_not(studio: Studio) -> None:
    asset = studio.assets[0]
    before = studio.cli.json("search", "--tag", "potion")["assets"]
    edited = studio.cli.json("tag", "edit", asset, "--add", "Glowing", "--remove", "potion")
    assert edited["asset_id"] == asset
    assert "glowing" in edited["tags"]
    assert "potion" not in edited["tags"]
    found = studio.cli.json("search", "--tag", "glowing")["assets"]
    assert [each["asset_id"] for each in found] == [asset]
    assert len(studio.cli.json("search", "--tag", "potion")["assets"]) == len(before) - 1
    assert "glowing" in studio.cli("tag", "edit", asset, "--add", "glowing").out
