"""Atlas: trimmed sprites on packed sheets, described by TexturePacker's JSON hash.

Only boxes are kept from the first pass over the images; each page is then composed from its own
images, read again, so that one page at a time is in memory.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image

from assetql.domain.presets import Format
from assetql.pipeline.packaging.atlas_layout import Page, Place, lay_out
from assetql.pipeline.packaging.images import decode, encode
from assetql.pipeline.packaging.ordered import in_order
from assetql.pipeline.packaging.shelf import Facts, PackageFile, Shelf

_NOTHING = (0, 0, 1, 1)  # an invisible sprite keeps one pixel: loaders refuse empty frames


def sheets(shelf: Shelf) -> Iterable[PackageFile]:
    """Each page's PNG and JSON."""
    pages = lay_out([_size(_box(facts)) for facts in shelf.facts])
    names = _page_names(shelf.title, len(pages))
    for page, name in zip(pages, names, strict=True):
        others = [f"{other}.json" for other in names if other != name]
        yield PackageFile(f"atlas/{name}.png", encode(_compose(page, shelf), Format.PNG))
        yield PackageFile(f"atlas/{name}.json", _description(page, shelf, name, others))


def _page_names(title: str, count: int) -> list[str]:
    return [title] if count == 1 else [f"{title}-{number}" for number in range(count)]


def _compose(page: Page, shelf: Shelf) -> Image.Image:
    def sprite(read: tuple[Place, bytes]) -> Image.Image:
        place, data = read
        image = decode(data, shelf.assets[place.index])
        return image.crop(_box(shelf.facts[place.index]))

    keys = ((place, shelf.assets[place.index].object_key) for place in page.places)
    reads = ((place, shelf.read_object(key)) for place, key in keys)
    sheet = Image.new("RGBA", page.size)
    for place, image in zip(page.places, in_order(sprite, reads), strict=True):
        _paste(sheet, image, place)
    return sheet


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


def _description(page: Page, shelf: Shelf, name: str, others: Sequence[str]) -> bytes:
    frames = {f"{shelf.names[p.index]}.png": _frame(p, shelf.facts[p.index]) for p in page.places}
    meta = {
        "app": "AssetQL",
        "version": "1.0",
        "image": f"{name}.png",
        "format": "RGBA8888",
        "size": {"w": page.size[0], "h": page.size[1]},
        "scale": "1",
        "related_multi_packs": list(others),
    }
    return (
        json.dumps({"frames": frames, "meta": meta}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


def _frame(place: Place, facts: Facts) -> dict[str, Any]:
    box = _box(facts)
    width, height = _size(box)
    return {
        "frame": {"x": place.x, "y": place.y, "w": width, "h": height},
        "rotated": False,
        "trimmed": (width, height) != facts.size,
        "spriteSourceSize": {"x": box[0], "y": box[1], "w": width, "h": height},
        "sourceSize": {"w": facts.size[0], "h": facts.size[1]},
        "pivot": {"x": 0.5, "y": 0.5},
    }


def _box(facts: Facts) -> tuple[int, int, int, int]:
    return facts.visible or _NOTHING


def _size(box: tuple[int, int, int, int]) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]
