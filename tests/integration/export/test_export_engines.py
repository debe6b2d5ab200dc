"""What each engine or platform needs, read back by other readers than the writers."""

import configparser
import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import yaml
from PIL import Image

from assetql.domain.asset import Asset

Pack = Callable[..., zipfile.ZipFile]
Library = tuple[list[Asset], dict[str, bytes]]


def image_in(package: zipfile.ZipFile, path: str) -> Image.Image:
    with Image.open(io.BytesIO(package.read(path))) as image:
        image.load()
        return image


def paths(package: zipfile.ZipFile, pattern: str) -> list[str]:
    return [path for path in package.namelist() if re.fullmatch(pattern, path)]


def originals(library: Library) -> list[Image.Image]:
    assets, objects = library
    return [Image.open(io.BytesIO(objects[a.object_key])).convert("RGBA") for a in assets]


def test_raw_holds_the_bytes_as_generated(pack: Pack, library: Library):
    assets, objects = library
    package = pack("raw")
    found = sorted(package.read(path) for path in paths(package, r"raw/[^/]+\.png"))
    assert found == sorted(objects[a.object_key] for a in assets)


class Snippets(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[dict[str, str]] = []
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "source":
            self.sources.append(found)
        if tag == "img":
            self.images.append(found)


def test_web_snippets_name_images_of_the_stated_type_and_width(pack: Pack, library: Library):
    package = pack("web")
    page = Snippets()
    page.feed(package.read("web/snippets.html").decode())
    assert [image["alt"] for image in page.images] == [a.name for a in library[0]]
    named: set[str] = set()
    for source in page.sources:
        for candidate in source["srcset"].split(", "):
            url, width = candidate.split(" ")
            path = f"web/{unquote(url)}"
            image = image_in(package, path)
            assert f"image/{(image.format or '').lower()}" == source["type"]
            assert f"{image.width}w" == width
            named.add(path)
    assert named == set(paths(package, "web/images/.+"))
    for image, original in zip(page.images, originals(library), strict=True):
        shown = image_in(package, f"web/{unquote(image['src'])}")
        assert shown.size == original.size == (int(image["width"]), int(image["height"]))


def test_web_images_keep_transparency_and_look_alike(pack: Pack, library: Library):
    package = pack("web")
    expected = originals(library)[0]
    for kind in ("webp", "avif"):
        image = image_in(package, f"web/images/Red Potion-256.{kind}").convert("RGBA")
        assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA gives a tuple
        difference = [
            abs(a - b)
            for a, b in zip(
                image.convert("RGBa").tobytes(), expected.convert("RGBa").tobytes(), strict=True
            )
        ]
        assert sum(difference) / len(difference) < 4


def unity_metas(package: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    found = paths(package, r"unity/Assets/.+\.meta")
    return {path: yaml.safe_load(package.read(path)) for path in found}


def test_unity_metas_hold_the_importers_keys(pack: Pack):
    package = pack("unity")
    metas = unity_metas(package)
    sprites = {path: meta for path, meta in metas.items() if path.endswith(".png.meta")}
    assert len(sprites) == 13
    for path, meta in sprites.items():
        importer = meta["TextureImporter"]
        image = image_in(package, path.removesuffix(".meta"))
        assert meta["fileFormatVersion"] == 2
        assert importer["serializedVersion"] >= 11
        assert (importer["textureType"], importer["spriteMode"]) == (8, 1)
        assert importer["alphaIsTransparency"] == 1
        assert importer["mipmaps"]["enableMipMap"] == 0
        assert importer["spritePixelsToUnits"] == 100
        assert importer["spritePivot"] == {"x": 0.5, "y": 0.5}
        assert importer["nPOTScale"] == 0
        platform = importer["platformSettings"][0]
        assert platform["buildTarget"] == "DefaultTexturePlatform"
        assert platform["maxTextureSize"] >= max(image.size)
        assert re.fullmatch("[0-9a-f]{32}", importer["spriteSheet"]["spriteID"])
        assert importer["spriteSheet"]["sprites"] == []
        assert {"userData", "assetBundleName", "assetBundleVariant"} <= importer.keys()


def test_unity_covers_each_file_and_folder_with_a_guid_of_its_own(pack: Pack):
    package = pack("unity")
    metas = unity_metas(package)
    covered = {path.removesuffix(".meta") for path in metas}
    files = set(paths(package, r"unity/Assets/.+\.png"))
    folders = {"unity/Assets/AssetQL", "unity/Assets/AssetQL/RPG_ Ärger"}
    assert covered == files | folders
    assert all(metas[f"{folder}.meta"]["folderAsset"] is True for folder in folders)
    guids = [str(meta["guid"]) for meta in metas.values()]
    assert all(re.fullmatch("[0-9a-f]{32}", guid) for guid in guids)
    assert len(set(guids)) == len(guids)


def test_unity_guids_survive_another_export(pack: Pack, library: Library):
    before = unity_metas(pack("unity"))
    after = unity_metas(pack("unity", "raw", assets=library[0][3:6]))
    kept = [path for path in after if path.endswith(".png.meta")]
    assert len(kept) == 3
    assert all(after[path]["guid"] == before[path]["guid"] for path in kept)


def godot_imports(package: zipfile.ZipFile) -> dict[str, configparser.ConfigParser]:
    found: dict[str, configparser.ConfigParser] = {}
    for path in paths(package, r"godot/.+\.import"):
        text = re.sub(r"\{\n(.*)\n\}", r"{\1}", package.read(path).decode())
        found[path] = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        found[path].read_string(text)
    return found


def godot_uid(text: str) -> int:
    """As ResourceUID::text_to_id reads it."""
    number = 0
    for letter in text.removeprefix("uid://"):
        assert "a" <= letter <= "y" or "0" <= letter <= "8"
        digit = ord(letter) - ord("a") if letter.isalpha() else 25 + int(letter)
        number = number * 34 + digit
    return number


def test_godot_imports_name_their_texture_and_its_cache(pack: Pack):
    imports = godot_imports(pack("godot"))
    assert len(imports) == 13
    uids: set[int] = set()
    for path, found in imports.items():
        remap = found["remap"]
        source = f"res://{path.removeprefix('godot/').removesuffix('.import')}"
        digest = hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
        cache = f"res://.godot/imported/{source.rsplit('/', 1)[-1]}-{digest}.ctex"
        assert json.loads(remap["importer"]) == "texture"
        assert json.loads(remap["type"]) == "CompressedTexture2D"
        assert json.loads(remap["path"]) == cache
        assert json.loads(remap["metadata"]) == {"vram_texture": False}
        assert json.loads(found["deps"]["source_file"]) == source
        assert json.loads(found["deps"]["dest_files"]) == [cache]
        assert found["params"]["compress/mode"] == "0"
        assert found["params"]["process/fix_alpha_border"] == "true"
        uids.add(godot_uid(json.loads(remap["uid"])))
    assert len(uids) == 13
    assert all(0 <= uid < 2**63 for uid in uids)


def test_godot_sprite_frames_reach_every_texture(pack: Pack):
    package = pack("godot")
    (path,) = paths(package, r"godot/.+\.tres")
    text = package.read(path).decode()
    head = re.match(r'\[gd_resource type="SpriteFrames" load_steps=(\d+) format=3 uid="', text)
    assert head
    line = r'^\[ext_resource type="Texture2D" uid="(.+?)" path="res://(.+?)" id="(\d+)"\]$'
    resources = re.findall(line, text, re.MULTILINE)
    assert int(head[1]) == len(resources) + 1 == 14
    uids = {p: json.loads(f["remap"]["uid"]) for p, f in godot_imports(package).items()}
    assert {f"godot/{target}.import": uid for uid, target, _ in resources} == uids
    assert {f"godot/{target}" for _, target, _ in resources} <= set(package.namelist())
    value = text.split("animations = ", 1)[1]
    value = re.sub(r'ExtResource\("(\d+)"\)', r'"\1"', value).replace('&"', '"')
    animations = json.loads(value)
    assert [a["frames"][0]["texture"] for a in animations] == [key for _, _, key in resources]
    assert len({a["name"] for a in animations}) == 13
    assert all(a["speed"] == 5.0 and a["frames"][0]["duration"] == 1.0 for a in animations)


def test_unreal_textures_are_padded_and_the_table_finds_the_sprite(pack: Pack, library: Library):
    package = pack("unreal")
    (path,) = paths(package, r"unreal/.+\.json")
    rows = json.loads(package.read(path))
    assert len({row["Name"].lower() for row in rows}) == len(rows) == 13
    for row, original in zip(rows, originals(library), strict=True):
        game_path, name = row["Texture"].rsplit(".", 1)
        assert game_path.endswith(f"/{name}")
        file = f"unreal/Content/{game_path.removeprefix('/Game/')}.png"
        texture = image_in(package, file).convert("RGBA")
        assert texture.width.bit_count() == texture.height.bit_count() == 1
        box = (
            round(row["U0"] * texture.width),
            round(row["V0"] * texture.height),
            round(row["U1"] * texture.width),
            round(row["V1"] * texture.height),
        )
        assert texture.crop(box).tobytes() == original.tobytes()
        assert (row["Width"], row["Height"]) == original.size
        texture.paste((0, 0, 0, 0), box)
        assert texture.getbbox() is None
        assert row["Tags"] == ["b-tag", 'say "hi"', "zinc", "shiny"]


def test_unreal_csv_and_struct_agree_with_the_json(pack: Pack):
    package = pack("unreal")
    (table,) = paths(package, r"unreal/.+\.csv")
    rows = json.loads(package.read(table.replace(".csv", ".json")))
    found = list(csv.DictReader(io.StringIO(package.read(table).decode(), newline="")))
    assert [row.pop("---") for row in found] == [row.pop("Name") for row in rows]
    header = package.read("unreal/AssetQL/AssetQLSprite.h").decode()
    properties = re.findall(r"UPROPERTY\(.+?\) \S+ (\w+)", header)
    for cells, row in zip(found, rows, strict=True):
        assert list(cells) == list(row) == properties
        assert cells.pop("Tags") == r'("b-tag","say \"hi\"","zinc","shiny")'
        assert all(cells[key] == str(row[key]) for key in cells)
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells.values())


def test_ios_image_sets_hold_three_scales(pack: Pack, library: Library):
    package = pack("ios")
    root = "ios/RPG_ Ärger.xcassets"
    info = {"author": "xcode", "version": 1}
    assert json.loads(package.read(f"{root}/Contents.json")) == {"info": info}
    sets = paths(package, rf"{root}/[^/]+\.imageset/Contents\.json")
    assert len(sets) == 13
    largest: list[bytes] = []
    for path in sets:
        contents = json.loads(package.read(path))
        folder = path.removesuffix("/Contents.json")
        assert contents["info"] == info
        assert [image["scale"] for image in contents["images"]] == ["1x", "2x", "3x"]
        assert {image["idiom"] for image in contents["images"]} == {"universal"}
        files = [f"{folder}/{image['filename']}" for image in contents["images"]]
        one, two, three = (image_in(package, file) for file in files)
        for side in (0, 1):
            assert one.size[side] == max(1, int(three.size[side] / 3 + 0.5))
            assert two.size[side] == max(1, int(three.size[side] * 2 / 3 + 0.5))
        largest.append(package.read(files[2]))
    assert sorted(largest) == sorted(library[1].values())


def test_android_has_each_drawable_in_every_density(pack: Pack, library: Library):
    package = pack("android")
    densities = {"mdpi": 1.0, "hdpi": 1.5, "xhdpi": 2.0, "xxhdpi": 3.0, "xxxhdpi": 4.0}
    names = {d: paths(package, rf"android/res/drawable-{d}/[^/]+") for d in densities}
    stems = {d: [p.rsplit("/", 1)[-1] for p in found] for d, found in names.items()}
    assert all(stem == stems["xxxhdpi"] for stem in stems.values())
    assert len(set(stems["mdpi"])) == 13
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*\.png", stem) for stem in stems["mdpi"])
    assert "img_class.png" in stems["mdpi"]
    for density, factor in densities.items():
        for path, largest in zip(names[density], names["xxxhdpi"], strict=True):
            size, full = image_in(package, path).size, image_in(package, largest).size
            expected = [max(1, int(side * factor / 4 + 0.5)) for side in full]
            assert list(size) == expected
    found = sorted(package.read(path) for path in names["xxxhdpi"])
    assert found == sorted(library[1].values())
