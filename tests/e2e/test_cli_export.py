"""assetql export: a ZIP where it was asked for, of a batch or of assets."""

import hashlib
import json
import zipfile
from pathlib import Path

from tests.e2e.conftest import Studio


def test_a_batch_is_packed_for_several_engines_in_one_file(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "pack.zip"
    presets = ("--preset", "unity", "--preset", "atlas", "--preset", "web")
    made = studio.cli.json("export", studio.batch, *presets, "--out", out)
    assert made["out"] == str(out)
    assert made["presets"] == ["unity", "atlas", "web"]
    assert (made["assets"], made["bytes"]) == (5, out.stat().st_size)
    assert made["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    with zipfile.ZipFile(out) as package:
        assert package.testzip() is None
        names = package.namelist()
        manifest = json.loads(package.read("manifest.json"))
    assert len(names) == made["files"]
    assert sum(name.endswith(".png.meta") for name in names) == 5
    assert {name.split("/")[0] for name in names} >= {"unity", "atlas", "web", "manifest.json"}
    assert len(manifest["assets"]) == 5
    assert list(out.parent.iterdir()) == [out]


def test_the_same_export_again_is_the_same_file(studio: Studio, tmp_path: Path) -> None:
    first, again = tmp_path / "1.zip", tmp_path / "2.zip"
    for out in (first, again):
        studio.cli.json("export", studio.batch, "--preset", "godot", "--out", out)
    assert first.read_bytes() == again.read_bytes()


def test_assets_are_packed_by_their_ids(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "two.zip"
    ran = studio.cli("export", *studio.assets[:2], "--preset", "raw", "--out", out)
    assert ran.code == 0
    assert f"{out}: 2 assets" in ran.out
    with zipfile.ZipFile(out) as package:
        pictures = [name for name in package.namelist() if name.startswith("raw/")]
    assert len([name for name in pictures if name.endswith(".png")]) == 2
