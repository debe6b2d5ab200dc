"""The demo, as `make demo` runs it: from a message, a list and references to a package."""

import json
import struct
import zipfile
from pathlib import Path

from tests.e2e.conftest import Cli


def test_the_main_job_twice_in_one_home(cli: Cli, tmp_path: Path) -> None:
    """The first run at the shipped rate of images that are off style, so that some are retried."""
    out = tmp_path / "demo-output"
    first = cli.process("demo", "--out", out, ASSETQL_OFF_STYLE_RATE="0.08")
    assert first.code == 0, first
    again = cli.process("demo", "--out", out)
    assert again.code == 0, again
    for ran in (first, again):
        assert "40 of 40 READY, 40 tagged" in ran.out
        assert "has ended: READY" in ran.out
        assert "Try next:" in ran.out
        assert ran.err == ""
    batches = cli.json("batch", "list")
    assert [batch["status"] for batch in batches] == ["READY", "READY"]
    assert cli.json("budget")["spent"] == 80 * 0.02
    assert sorted(path.name for path in out.iterdir()) == [
        "contact-sheet.png",
        "rpg-items-unity-atlas.zip",
        "rpg_items.png",
    ]
    with zipfile.ZipFile(out / "rpg-items-unity-atlas.zip") as package:
        _check(package)
        assert (out / "contact-sheet.png").read_bytes() == package.read("contact-sheet.png")


def _check(package: zipfile.ZipFile) -> None:
    """A sprite with its settings for each asset, and an atlas whose frames lie inside its page."""
    assert package.testzip() is None
    names = package.namelist()
    sprites = [name for name in names if name.startswith("unity/") and name.endswith(".png")]
    assert len(sprites) == 40
    guids: set[str] = set()
    for sprite in sprites:
        meta = package.read(f"{sprite}.meta").decode()
        assert "TextureImporter:" in meta
        assert "textureType: 8" in meta
        guids.add(next(line for line in meta.splitlines() if line.startswith("guid: ")))
    assert len(guids) == 40
    (sheet,) = [name for name in names if name.startswith("atlas/") and name.endswith(".json")]
    atlas = json.loads(package.read(sheet))
    width, height = struct.unpack(">II", package.read(sheet.replace(".json", ".png"))[16:24])
    assert (atlas["meta"]["size"]["w"], atlas["meta"]["size"]["h"]) == (width, height)
    assert len(atlas["frames"]) == 40
    for frame in atlas["frames"].values():
        place = frame["frame"]
        assert place["x"] + place["w"] <= width
        assert place["y"] + place["h"] <= height
    manifest = json.loads(package.read("manifest.json"))
    assert all(asset["tags"] for asset in manifest["assets"])
