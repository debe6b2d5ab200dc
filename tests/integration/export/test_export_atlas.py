import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image, ImageDraw

from assetql.domain.asset import Asset

Pack = Callable[..., zipfile.ZipFile]
Library = tuple[list[Asset], dict[str, bytes]]
Page = tuple[Image.Image, dict[str, Any]]


def pages_of(package: zipfile.ZipFile) -> list[Page]:
    pages: list[Page] = []
    for path in package.namelist():
        if path.startswith("atlas/") and path.endswith(".json"):
            page = json.loads(package.read(path))
            image = Image.open(io.BytesIO(package.read(f"atlas/{page['meta']['image']}")))
            pages.append((image, page))
    return pages


def restored(sheet: Image.Image, frame: dict[str, Any]) -> Image.Image:
    """The sprite as a loader shows it: the frame, at its place in the source's size."""
    at, inside, size = frame["frame"], frame["spriteSourceSize"], frame["sourceSize"]
    image = Image.new("RGBA", (size["w"], size["h"]))
    box = (at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"])
    image.paste(sheet.crop(box), (inside["x"], inside["y"]))
    return image


def assert_same_where_visible(found: Image.Image, expected: Image.Image) -> None:
    assert found.size == expected.size
    assert found.getchannel("A").tobytes() == expected.getchannel("A").tobytes()
    mask = expected.getchannel("A").point([0] + [255] * 255)
    black = Image.new("RGB", expected.size)
    assert (
        Image.composite(found.convert("RGB"), black, mask).tobytes()
        == Image.composite(expected.convert("RGB"), black, mask).tobytes()
    )


def frames_by_asset(pages: list[Page]) -> dict[str, tuple[Image.Image, dict[str, Any]]]:
    return {name: (sheet, frame) for sheet, page in pages for name, frame in page["frames"].items()}


def test_frames_give_back_the_originals(pack: Pack, library: Library):
    assets, objects = library
    package = pack("atlas", "raw")
    frames = frames_by_asset(pages_of(package))
    assert len(frames) == len(assets)
    raw = {path.removeprefix("raw/"): path for path in package.namelist() if "raw/" in path}
    assert frames.keys() == raw.keys()
    for name, (sheet, frame) in frames.items():
        with Image.open(io.BytesIO(package.read(raw[name]))) as original:
            assert_same_where_visible(restored(sheet, frame), original.convert("RGBA"))
            trimmed = (frame["frame"]["w"], frame["frame"]["h"]) != original.size
        assert frame["trimmed"] is trimmed
        assert frame["rotated"] is False
    assert sum(frame["trimmed"] for _, frame in frames.values()) >= 9
    assert len(objects) == len(frames)


def test_edges_are_repeated_around_every_sprite(pack: Pack):
    for sheet, page in pages_of(pack("atlas")):
        for frame in page["frames"].values():
            x, y, w, h = (frame["frame"][key] for key in "xywh")
            inner = sheet.crop((x, y, x + w, y + h))
            outer = sheet.crop((x - 1, y - 1, x + w + 1, y + h + 1))
            top = (*range(1, w + 1),)
            assert all(outer.getpixel((c, 0)) == inner.getpixel((c - 1, 0)) for c in top)
            assert all(outer.getpixel((c, h + 1)) == inner.getpixel((c - 1, h - 1)) for c in top)
            side = (*range(1, h + 1),)
            assert all(outer.getpixel((0, r)) == inner.getpixel((0, r - 1)) for r in side)
            assert all(outer.getpixel((w + 1, r)) == inner.getpixel((w - 1, r - 1)) for r in side)
            assert outer.getpixel((0, 0)) == inner.getpixel((0, 0))


def test_the_description_is_what_loaders_of_texture_packer_read(pack: Pack):
    ((sheet, page),) = pages_of(pack("atlas"))
    meta = page["meta"]
    assert meta["size"] == {"w": sheet.width, "h": sheet.height}
    assert (meta["format"], meta["scale"], meta["related_multi_packs"]) == ("RGBA8888", "1", [])
    assert {"app", "version", "image"} <= meta.keys()
    assert sheet.mode == "RGBA"


def large(number: int, side: int) -> bytes:
    image = Image.radial_gradient("L").resize((side, side), Image.Resampling.NEAREST)
    image = Image.merge("RGBA", (image, image, image, image.rotate(90)))
    ImageDraw.Draw(image).text((20, 20), str(number), (255, 0, 0, 255))
    out = io.BytesIO()
    image.save(out, "png", compress_level=1)
    return out.getvalue()


def test_many_sprites_take_several_pages_that_know_one_another(pack: Pack, library: Library):
    sides = [2048, 900, 900, 900, 900, 900, 64]
    assets = [
        replace(library[0][0], asset_id=f"ast_{n}", name=f"big {n}", object_key=f"{n}")
        for n in range(len(sides))
    ]
    objects = {f"{n}": large(n, side) for n, side in enumerate(sides)}
    pages = pages_of(pack("atlas", assets=assets, objects=objects, title="Big"))
    assert [page["meta"]["image"] for _, page in pages] == ["Big-0.png", "Big-1.png", "Big-2.png"]
    files = {f"Big-{n}.json" for n in range(3)}
    for number, (sheet, page) in enumerate(pages):
        assert max(sheet.size) <= 2048
        assert set(page["meta"]["related_multi_packs"]) == files - {f"Big-{number}.json"}
    frames = frames_by_asset(pages)
    for asset in assets:
        sheet, frame = frames[f"{asset.name}.png"]
        with Image.open(io.BytesIO(objects[asset.object_key])) as original:
            assert_same_where_visible(restored(sheet, frame), original)
