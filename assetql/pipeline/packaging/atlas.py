"""Atlas: trimmed sprites on packed sheets, described by TexturePacker's JSON hash.

One page at a time is in memory: from the first pass over the images the boxes are kept, and the
sprites' pixels on disk. A sprite that found no room there is read and decoded again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from PIL import Image

from assetql.domain.presets import Format
from assetql.pipeline.packaging.atlas_layout import Page, Place, lay_out
from assetql.pipeline.packaging.images import decode, encode, trimmed
from assetql.pipeline.packaging.shelf import Facts, PackageFile, Shelf


def sheets(shelf: Shelf) -> Iterable[PackageFile]:
    """Each page's PNG and JSON."""
    pages = lay_out([_size(facts.sprite) for facts in shelf.facts])
    names = _page_names(shelf.title, len(pages))
    for page, name in zip(pages, names, strict=True):
        others = [f"{other}.json" for other in names if other != name]
        yield PackageFile(f"atlas/{name}.png", encode(_compose(page, shelf), Format.PNG))
        yield PackageFile(f"atlas/{name}.json", _description(page, shelf, name, others))


def _page_names(title: str, count: int) -> list[str]:
    return [title] if count == 1 else [f"{title}-{number}" for number in range(count)]


def _compose(page: Page, shelf: Shelf) -> Image.Image:
    sheet = Image.new("RGBA", page.size)
    for place in page.places:
        _paste(sheet, _sprite(place.index, shelf), place)
    return sheet


def _sprite(index: int, shelf: Shelf) -> Image.Image:
    facts, asset = shelf.facts[index], shelf.assets[index]
    pixels = shelf.sprites.get(index)
    if pixels is None:
        return trimmed(decode(shelf.read_object(asset.object_key), asset), facts)
    return Image.frombuffer("RGBA", _size(facts.sprite), pixels, "raw", "RGBA", 0, 1)


def _paste(sheet: Image.Image, sprite: Image.Image, place: Place) -> None:
    """Place a sprite, its outermost pixels repeated around it."""
    x, y = place.x, place.y
    right, bottom = x + sprite.width - 1, y + sprite.height - 1
    sheet.paste(sprite, (x, y))
    for step in range(1, place.extrude + 1):
        for edge, target in (((x, y), x - step), ((right, y), right + step)):
            column = sheet.crop((edge[0], y, edge[0] + 1, bottom + 1))
            sheet.paste(column, (target, y))
    for step in range(1, place.extrude + 1):
        left, end = x - place.extrude, right + place.extrude + 1
        for edge_y, target_y in ((y, y - step), (bottom, bottom + step)):
            sheet.paste(sheet.crop((left, edge_y, end, edge_y + 1)), (left, target_y))


def _description(page: Page, shelf: Shelf, name: str, others: Sequence[str]) -> Iterator[bytes]:
    meta = {
        "app": "AssetQL",
        "version": "1.0",
        "image": f"{name}.png",
        "format": "RGBA8888",
        "size": {"w": page.size[0], "h": page.size[1]},
        "scale": "1",
        "related_multi_packs": list(others),
    }
    yield b'{"frames": {'
    for number, place in enumerate(page.places):
        frame = _json(_frame(place, shelf.facts[place.index]))
        yield (
            (b",\n" if number else b"\n") + _json(f"{shelf.names[place.index]}.png") + b": " + frame
        )
    yield b'\n},\n"meta": ' + _json(meta) + b"}\n"


def _frame(place: Place, facts: Facts) -> dict[str, Any]:
    box = facts.sprite
    width, height = _size(box)
    return {
        "frame": {"x": place.x, "y": place.y, "w": width, "h": height},
        "rotated": False,
        "trimmed": (width, height) != facts.size,
        "spriteSourceSize": {"x": box[0], "y": box[1], "w": width, "h": height},
        "sourceSize": {"w": facts.size[0], "h": facts.size[1]},
        "pivot": {"x": 0.5, "y": 0.5},
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _size(box: tuple[int, int, int, int]) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]
