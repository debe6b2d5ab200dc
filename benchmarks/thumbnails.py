"""Thumbnails beside the better of raw Pillow and pyvips, in turn over the same PNGs.

    python -m benchmarks.thumbnails [--images N] [--json]

All three decode, shrink to 256 pixels and encode a PNG, each with its own defaults but the PNG's
compression level, which is ours. The ratio is the better floor's wall time ÷ ours: libvips uses
several threads, so that CPU time would flatter us.
"""

import argparse
import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyvips
from PIL import Image

from assetql.pipeline.thumbnail import make_thumbnail

AIM = 0.9
ROUNDS = 8
SIDE = 256
LEVEL = 3
SIDES = (512, 768, 1024)
STYLES = Path(__file__).parents[1] / "examples" / "styles"


def pngs(count: int, side: int) -> list[bytes]:
    """Real icons, scaled."""
    paths = sorted(STYLES.glob("*/*.png"))
    made: list[bytes] = []
    for path in paths[:: max(1, len(paths) // count)][:count]:
        out = io.BytesIO()
        with Image.open(path) as image:
            image.convert("RGBA").resize((side, side)).save(out, "png")
        made.append(out.getvalue())
    return made


def by_pillow(png: bytes) -> bytes:
    """What Pillow's guide shows."""
    with Image.open(io.BytesIO(png)) as image:
        image.thumbnail((SIDE, SIDE))
        out = io.BytesIO()
        image.save(out, "png", compress_level=LEVEL)
    return out.getvalue()


def by_vips(png: bytes) -> bytes:
    """What libvips is made for."""
    image: Any = pyvips.Image.thumbnail_buffer(png, SIDE, height=SIDE, size="down")
    return image.write_to_buffer(".png", compression=LEVEL)


def milliseconds(make: Callable[[bytes], bytes], images: Sequence[bytes]) -> float:
    """Per image, over one pass."""
    start = time.perf_counter()
    for png in images:
        make(png)
    return (time.perf_counter() - start) / len(images) * 1000


def compare(images: Sequence[bytes], side: int) -> dict[str, Any]:
    """The best pass of each."""
    sides = (by_pillow, by_vips, make_thumbnail)
    passes = [[milliseconds(make, images) for make in sides] for _ in range(ROUNDS)]
    pillow, vips, ours = (min(column) for column in zip(*passes, strict=True))
    return {
        "side": side,
        "pillow_ms": round(pillow, 2),
        "pyvips_ms": round(vips, 2),
        "ours_ms": round(ours, 2),
        "ratio": round(min(pillow, vips) / ours, 2),
        "aim": AIM,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pyvips.cache_set_max(0)  # each pass does the work
    found = [compare(pngs(options.images, side), side) for side in SIDES]
    if options.json:
        print(json.dumps(found))
        return
    for row in found:
        print(
            f"{row['side']:>5} px: Pillow {row['pillow_ms']} ms, pyvips {row['pyvips_ms']} ms, "
            f"ours {row['ours_ms']} ms: {row['ratio']:.2f} (aim ≥ {row['aim']})"
        )


if __name__ == "__main__":
    main()
