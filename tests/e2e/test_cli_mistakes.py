"""Bad input of every kind: the value, the place and the remedy; nothing changes, no traceback."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import LISTS, Cli, Studio, references

Unchanged = Callable[[Cli], None]
PNG = references("noto", 1)[0]
RPG = LISTS / "rpg_items.csv"


def huge_png() -> bytes:
    """A header that promises 100,000 × 100,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A folder of files that can't be used."""
    folder = tmp_path / "bad"
    folder.mkdir()
    picture = PNG.read_bytes()
    files = {
        "empty.csv": b"",
        "header.csv": b"name,description\n",
        "noise.csv": bytes(range(256)) * 8,
        "picture.csv": picture,
        "strange.csv": b"colour;weight\nred;3\n",
        "cut.png": picture[:-40],
        "flipped.png": picture[:60] + bytes([picture[60] ^ 0xFF]) + picture[61:],
        "polyglot.png": picture + b"PK\x03\x04" + b"\0" * 64,
        "huge.png": huge_png(),
        "text.png": b"not a picture",
        "animated.gif": b"GIF89a" + b"\0" * 32,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("missing.csv", "No such file"),
        (".", "Is a directory"),
        ("empty.csv", "empty"),
        ("header.csv", "no rows"),
        ("noise.csv", "name"),
        ("picture.csv", "PNG"),
        ("strange.csv", "name"),
    ],
)
def test_lists_that_cannot_be_read(
    studio: Studio, bad: Path, unchanged: Unchanged, file: str, says: str
) -> None:
    unchanged(studio.cli)
    ran = studio.cli("batch", "create", bad / file, "--start", "--yes", "--json")
    assert says in ran.error["message"] + ran.error["remedy"]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("missing.png", "No such file"),
        (".", "Is a directory"),
        ("cut.png", "cut short"),
        ("flipped.png", "flipped.png"),
        ("polyglot.png", "follow its end"),
        ("huge.png", "100000"),
        ("text.png", "unknown format"),
        ("animated.gif", "GIF"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [("style", "set", "New", PNG), ("style", "score", "Meadow", PNG), ("search", "--similar-to")],
    ids=["set", "score", "similar"],
)
def test_images_that_cannot_be_used(
    studio: Studio,
    bad: Path,
    unchanged: Unchanged,
    command: tuple[object, ...],
    file: str,
    says: str,
) -> None:
    unchanged(studio.cli)
    ran = studio.cli(*command, bad / file, "--json")
    assert says in ran.error["message"]
    place = str(bad) if file == "." else file
    assert place in ran.error["message"]


def test_images_above_the_limit_of_bytes(studio: Studio, unchanged: Unchanged) -> None:
    unchanged(studio.cli)
    ran = studio.cli("style", "set", "New", PNG, "--json", ASSETQL_MAX_IMAGE_BYTES="1000")
    assert "larger than" in ran.error["message"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("batch", "status", "bat_nope"), "'bat_nope'"),
        (("batch", "watch", "bat_nope"), "'bat_nope'"),
        (("batch", "cancel", "bat_nope"), "'bat_nope'"),
        (("batch", "retry", "bat_nope"), "'bat_nope'"),
        (("batch", "create", RPG, "--style", "Nope"), "'Nope'"),
        (("style", "score", "Nope", PNG), "'Nope'"),
        (("style", "set", "", PNG), "''"),
        (("style", "set", "x" * 81, PNG), "xxx"),
        (("style", "set", "Many", *[PNG] * 11), "not 11"),
        (("search", "--style", "Nope"), "'Nope'"),
        (("search", "--batch", "bat_nope"), "'bat_nope'"),
        (("search", "--similar-to", "ast_nope"), "'ast_nope'"),
        (("search", "--color", "blorp"), "'blorp'"),
        (("search", "--since", "yesterday"), "'yesterday'"),
        (("search", "--since", "2026-02-31"), "'2026-02-31'"),
        (("search", "--cursor", "zzz"), "'zzz'"),
        (("search", "--limit", "0"), "0 assets"),
        (("search", "--limit", "201"), "201 assets"),
        (("tag", "edit", "ast_nope", "--add", "red"), "'ast_nope'"),
        (("export", "bat_nope", "--preset", "unity", "--out", "x.zip"), "'bat_nope'"),
        (("export", "ast_nope", "--preset", "unity", "--out", "x.zip"), "'ast_nope'"),
        (("export", "bat_a", "bat_b", "--preset", "unity", "--out", "x.zip"), "one batch"),
        (("eval", "missing.jsonl"), "'missing.jsonl'"),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, tuple) else "",
)
def test_names_and_values_that_mean_nothing(
    studio: Studio, unchanged: Unchanged, words: tuple[object, ...], says: str
) -> None:
    unchanged(studio.cli)
    ran = studio.cli(*words, "--json")
    assert says in ran.error["message"]
    assert ran.error["remedy"]


def test_a_preset_that_is_misspelt_gets_the_nearest_one(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    ran = studio.cli("export", studio.batch, "--preset", "unitty", "--out", out, "--json")
    assert "unitty" in ran.error["message"]
    assert "'unity'" in ran.error["remedy"]
    assert not out.exists()


def test_edits_without_tags_or_with_one_on_both_sides(studio: Studio, unchanged: Unchanged) -> None:
    unchanged(studio.cli)
    assert studio.cli("tag", "edit", studio.assets[0], "--json").error
    both = ("tag", "edit", studio.assets[0], "--add", "red", "--remove", "red", "--json")
    assert "red" in studio.cli(*both).error["message"]


def test_packages_that_cannot_be_written(studio: Studio, bad: Path, unchanged: Unchanged) -> None:
    unchanged(studio.cli)
    for out in (bad, bad / "empty.csv" / "pack.zip"):
        asked = ("export", studio.batch, "--preset", "unity", "--out", out, "--json")
        assert str(out) in studio.cli(*asked).error["message"]


def test_a_running_batch_is_not_packed(
    studio: Studio, unchanged: Unchanged, tmp_path: Path
) -> None:
    batch = studio.cli.json("batch", "create", RPG, "--start", "--yes")["batch_id"]
    unchanged(studio.cli)
    asked = ("export", batch, "--preset", "unity", "--out", tmp_path / "x.zip", "--json")
    assert batch in studio.cli(*asked).error["message"]


def test_drafts_are_neither_watched_retried_nor_packed(
    studio: Studio, unchanged: Unchanged, tmp_path: Path
) -> None:
    batch = studio.cli.json("batch", "create", RPG)["batch_id"]
    unchanged(studio.cli)
    for words in (("watch",), ("retry",)):
        assert batch in studio.cli("batch", *words, batch, "--json").error["message"]
    asked = ("export", batch, "--preset", "unity", "--out", tmp_path / "x.zip", "--json")
    assert batch in studio.cli(*asked).error["message"]


def test_what_has_ended_is_neither_cancelled_nor_retried(
    studio: Studio, unchanged: Unchanged
) -> None:
    unchanged(studio.cli)
    assert studio.batch in studio.cli("batch", "cancel", studio.batch, "--json").error["message"]
    assert studio.cli.json("batch", "retry", studio.batch)["status"] == "READY"  # nothing to do


def test_a_start_that_the_budget_cannot_carry_drafts_nothing(
    studio: Studio, unchanged: Unchanged
) -> None:
    studio.cli.json("budget", "--set", "0.5")
    unchanged(studio.cli)
    ran = studio.cli("batch", "create", RPG, "--start", "--yes", "--json")
    assert ran.error["code"] == "budget_exceeded"
    assert "$0.80" in ran.error["message"]
    assert "budget --set" in ran.error["remedy"]


def test_a_start_needs_somebody_to_approve_it(studio: Studio, unchanged: Unchanged) -> None:
    unchanged(studio.cli)
    ran = studio.cli("batch", "create", RPG, "--start", "--json")
    assert "--yes" in ran.error["remedy"]


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("batch", "create"),
        ("search", "--limit", "many"),
        ("budget", "--set", "-1"),
        ("budget", "--set", "1e30"),
        ("worker", "--concurrency", "0"),
        ("export", "bat_a", "--out", "x.zip"),
        ("style", "set", "New"),
    ],
    ids=" ".join,
)
def test_commands_that_are_written_wrongly(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: " in ran.err


def test_a_database_that_is_none(cli: Cli) -> None:
    cli.home.mkdir()
    (cli.home / "assetql.sqlite3").write_bytes(b"garbage " * 100)
    assert "assetql.sqlite3" in cli("budget", "--json").error["message"]
