"""iOS: `Contents.json` of an asset catalogue and of each image set.

The original is @3x, the largest scale that a device asks for; @2x and @1x are scaled down to two
thirds and one third, so that nothing is enlarged.
"""

import json
from collections.abc import Iterable

from assetql.pipeline.packaging.shelf import Facts, PackageFile, Shelf

_INFO = {"author": "xcode", "version": 1}


def image_set(shelf: Shelf, index: int, facts: Facts) -> Iterable[PackageFile]:
    """The description of one image set."""
    paths = [rendition.path for rendition in shelf.renditions(index, facts.size)]
    folder = paths[0].rsplit("/", maxsplit=1)[0]
    images = [
        {"filename": path.rsplit("/", maxsplit=1)[-1], "idiom": "universal", "scale": f"{scale}x"}
        for scale, path in enumerate(paths, start=1)
    ]
    yield PackageFile(
        f"{folder}/Contents.json",
        _json({"images": images, "info": _INFO}),
        shelf.assets[index].asset_id,
    )


def catalogue(shelf: Shelf) -> Iterable[PackageFile]:
    """The description of the catalogue."""
    yield PackageFile(f"ios/{shelf.title}.xcassets/Contents.json", _json({"info": _INFO}))


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
