"""What holds for every package, whatever its presets."""

import hashlib
import io
import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from PIL import Image

from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.presets import PRESETS
from assetql.pipeline.packaging import PackageSummary, write_package

Pack = Callable[..., zipfile.ZipFile]
Library = tuple[list[Asset], dict[str, bytes]]
ALL = [preset.name for preset in PRESETS]


def written(library: Library, *presets: str, title: str = "T") -> tuple[bytes, PackageSummary]:
    out = io.BytesIO()
    assets, objects = library
    summary = write_package(
        out, assets=assets, read_object=objects.__getitem__, presets=presets, title=title
    )
    return out.getvalue(), summary


def test_the_same_input_gives_the_same_bytes(library: Library):
    first, summary = written(library, *ALL)
    second, again = written(library, *ALL)
    assert first == second
    assert summary == again
    assert summary.sha256 == hashlib.sha256(first).hexdigest()
    assert summary.bytes == len(first)


_ELSEWHERE = """
import hashlib, io, pickle, sys
from assetql.pipeline.packaging import write_package
assets, objects = pickle.load(sys.stdin.buffer)
out = io.BytesIO()
names = sys.argv[1:]
write_package(out, assets=assets, read_object=objects.__getitem__, presets=names, title="T")
print(hashlib.sha256(out.getvalue()).hexdigest())
"""


def test_another_process_writes_the_same_bytes(library: Library):
    import pickle

    _, summary = written(library, *ALL)
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, *ALL],
        input=pickle.dumps(library),
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == summary.sha256


def test_the_summary_counts_what_is_in_the_archive(library: Library):
    data, summary = written(library, "unity", "ios", "unity")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
    assert summary.files == len(names)
    assert {"unity", "ios"} < {name.partition("/")[0] for name in names}
    assert summary.warnings == ()


@pytest.mark.parametrize("title", ["../../evil", "/abs", "C:\\x", "", "NUL", "a" * 500, "赤い/薬"])
def test_no_path_leaves_the_folder_or_meets_another(pack: Pack, library: Library, title: str):
    names = pack(*ALL, title=title, assets=library[0][1:9:2]).namelist()
    for name in names:
        assert not PurePosixPath(name).is_absolute()
        assert not PureWindowsPath(name).anchor
        assert ".." not in PureWindowsPath(name).parts
        assert all(part == part.strip(" ") and not part.endswith(".") for part in name.split("/"))
        assert max(len(part.encode()) for part in name.split("/")) <= 255
    assert len({unicodedata.normalize("NFKD", name).casefold() for name in names}) == len(names)


def test_the_manifest_tells_recipes_tags_licences_and_every_files_sha256(
    pack: Pack, library: Library
):
    package = pack(*ALL)
    manifest = json.loads(package.read("manifest.json"))
    assert manifest["format"] == "assetql-package"
    assert manifest["title"] == "RPG: Ärger"
    assert manifest["presets"] == ALL
    files = {file["path"]: file for file in manifest["files"]}
    assert files.keys() == set(package.namelist()) - {"manifest.json"}
    for path, file in files.items():
        data = package.read(path)
        assert (file["sha256"], file["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    for asset, told in zip(library[0], manifest["assets"], strict=True):
        assert told["asset_id"] == asset.asset_id
        assert told["recipe"]["seed"] == asset.recipe.seed
        assert told["recipe"]["prompt_sent"] == asset.recipe.prompt_sent
        assert told["tags"] == list(asset.tags.names)
        assert [work["license"] for work in told["attribution"]] == [
            work.license for work in asset.attribution
        ]
        assert any(file["asset_id"] == asset.asset_id for file in manifest["files"])
    assert "studio" not in package.read("manifest.json").decode()


def test_attribution_is_there_when_somebodys_work_is(pack: Pack, library: Library):
    text = pack("raw").read("ATTRIBUTION.md").decode()
    assert "Icons, by A. Drawer, licence CC-BY-4.0" in text
    own = [asset for asset in library[0] if not asset.attribution]
    assert "ATTRIBUTION.md" not in pack("raw", assets=own).namelist()


def test_the_readme_says_how_to_import_each_preset(pack: Pack):
    text = pack("unity", "godot").read("README.txt").decode()
    assert "unity/Assets" in text
    assert "godot/assetql" in text
    assert "android" not in text


def test_the_contact_sheet_shows_every_asset_on_as_many_pages_as_needed(
    pack: Pack, library: Library
):
    tile = library[0][10]
    many = [replace(tile, asset_id=f"ast_{n}", name=f"Tile {n}") for n in range(85)]
    package = pack("raw", assets=many)
    sheets = [name for name in package.namelist() if name.startswith("contact-sheet")]
    assert sheets == ["contact-sheet.png", "contact-sheet-2.png"]
    teal = Image.new("RGB", (1, 1), "teal").tobytes()
    shown = 0
    for sheet in sheets:
        with Image.open(io.BytesIO(package.read(sheet))) as image:
            shown += image.convert("RGB").tobytes().count(teal)
    assert shown >= 85 * 64 * 48


def test_an_image_that_is_not_the_recorded_one_is_warned_of(library: Library):
    assets, objects = library
    changed = [replace(assets[0], sha256="0" * 64), *assets[1:]]
    _, summary = written((changed, objects), "raw")
    (warning,) = summary.warnings
    assert assets[0].asset_id in warning


def test_an_unreadable_image_is_named(library: Library):
    assets, objects = library
    broken = {**objects, assets[2].object_key: objects[assets[2].object_key][:60]}
    with pytest.raises(InvalidInput, match=assets[2].asset_id):
        written((assets, broken), "raw")


def test_nothing_to_export_and_unknown_presets_are_refused(library: Library):
    with pytest.raises(InvalidInput, match="Nothing to export"):
        written(([], {}), "raw")
    with pytest.raises(InvalidInput, match="Nothing to export"):
        written(library)
    with pytest.raises(InvalidInput, match="Did you mean 'godot'"):
        written(library, "raw", "goddot")


def test_each_image_is_read_once_for_all_presets(library: Library):
    assets, objects = library
    reads: list[str] = []

    def read(key: str) -> bytes:
        reads.append(key)
        return objects[key]

    write_package(io.BytesIO(), assets=assets, read_object=read, presets=ALL, title="T")
    assert reads == [asset.object_key for asset in assets]
