"""Writing packages beside a raw encode loop; memory at 5,000 assets beside that at 100.

    python -m benchmarks.export [--assets N] [--json]

The floor makes every image of the package by Pillow, one after another, and nothing else: it
decodes, scales and encodes, pastes an atlas together at places known beforehand, and encodes the
contact sheet's finished pages. It has no ZIP, hashes, names, layout, cards, labels or manifest.
`strict` leaves the contact sheet out of the floor, though not out of the package. Where a preset
encodes nothing (unity copies the PNG) the floor encodes each image once.

The ratio is floor ÷ export, the median of some rounds in turn, of CPU time, which other processes
disturb least; wall time stands beside it.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, BinaryIO, cast

from PIL import Image

from assetql.domain.asset import Asset, Recipe
from assetql.domain.presets import Format, preset_of, renditions
from assetql.domain.tags import Tag, TagSet
from assetql.pipeline.packaging import write_package
from assetql.pipeline.packaging.atlas_layout import Page, lay_out
from assetql.pipeline.packaging.contact_sheet import SHEET_LEVEL
from assetql.pipeline.packaging.images import ENCODE

AIM = 0.85
MEMORY_AIM_MIB = 32
ROUNDS, ROUNDS_OF_WEB = 9, 3  # AVIF takes ten times as long as all else
SIDE = 384
CHOICES = (("unity",), ("web",), ("unreal",), ("ios",), ("android",), ("atlas",))
MEMORY_PRESETS = ("unity", "atlas")
STYLES = Path(__file__).parents[1] / "examples" / "styles"


class Nowhere(io.RawIOBase):
    """Takes all and keeps nothing."""

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object, /) -> int:
        """The number of bytes taken."""
        return len(cast("bytes", data))


def nowhere() -> BinaryIO:
    """A sink for packages."""
    return cast("BinaryIO", Nowhere())


def pngs(count: int, side: int) -> list[bytes]:
    """Real icons, scaled."""
    paths = sorted(STYLES.glob("*/*.png"))
    step = max(1, len(paths) // count)
    made: list[bytes] = []
    for path in paths[::step][:count]:
        out = io.BytesIO()
        with Image.open(path) as image:
            image.convert("RGBA").resize((side, side)).save(out, "png")
        made.append(out.getvalue())
    return made


def asset(number: int, data: bytes, side: int) -> Asset:
    """An asset's record, as a batch makes it."""
    recipe = Recipe(
        model_id="placeholder",
        model_hash="0" * 16,
        scheduler="none",
        num_inference_steps=30,
        guidance_scale=7.0,
        seed=number,
        prompt_asked=f"a thing of number {number}",
        prompt_sent=f"a thing of number {number}, game icon, flat colours, clean outline",
        negative_prompt="text, watermark",
        style_id="sty_1",
        style_version=1,
        style_strength=0.8,
    )
    return Asset(
        workspace="studio",
        asset_id=f"ast_01J-{number:05d}-000-r1",
        batch_id="bat_01J",
        task_id=f"bat_01J-{number:05d}-000",
        run=1,
        name=f"Thing {number % 1000}",
        description=f"a thing of number {number}",
        category="icon",
        width=side,
        height=side,
        object_key=str(number),
        thumbnail_key="",
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        recipe=recipe,
        tags=TagSet(model=(Tag("icon", 0.9), Tag("shiny", 0.7))),
    )


def encode_loop(images: Sequence[bytes], presets: Sequence[str]) -> None:
    """The floor, but for sheets."""
    for data in images:
        image = decode(data)
        scaled = {(image.size, image.size): image}
        encoded = 0
        for preset in presets:
            for file in renditions(preset_of(preset), title="T", name="N", size=image.size):
                if not file.original:
                    if (file.size, file.canvas) not in scaled:
                        scaled[file.size, file.canvas] = scale(image, file.size, file.canvas)
                    save(scaled[file.size, file.canvas], file.format)
                    encoded += 1
        if not encoded:
            save(image, Format.PNG)


def atlas_loop(images: Sequence[bytes], pages: Sequence[Page]) -> None:
    """The floor of the atlas: sprites cut to what is visible, at their places."""
    for page in pages:
        sheet = Image.new("RGBA", page.size)
        for place in page.places:
            image = decode(images[place.index])
            sheet.paste(image.crop(image.getbbox()), (place.x, place.y))
        save(sheet, Format.PNG)


def layout(images: Sequence[bytes]) -> tuple[Page, ...]:
    """The atlas's pages."""
    boxes = [decode(data).getbbox() or (0, 0, 1, 1) for data in images]
    return lay_out([(box[2] - box[0], box[3] - box[1]) for box in boxes])


def decode(data: bytes, mode: str = "RGBA") -> Image.Image:
    """The image in a mode, without a copy where it has that already."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image if image.mode == mode else image.convert(mode)


def scale(image: Image.Image, size: tuple[int, int], canvas: tuple[int, int]) -> Image.Image:
    """The scaling that a package makes."""
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if canvas == size:
        return image
    padded = Image.new("RGBA", canvas)
    padded.paste(image, (0, 0))
    return padded


def save(image: Image.Image, file_format: Format) -> None:
    """The encode that a package makes."""
    image.save(io.BytesIO(), file_format.value, **ENCODE[file_format])


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - wall


def compare(images: Sequence[bytes], presets: tuple[str, ...]) -> dict[str, Any]:
    """Some rounds of each, in turn."""
    assets = [asset(n, data, SIDE) for n, data in enumerate(images)]
    pages = layout(images)

    def export(out: BinaryIO) -> None:
        write_package(
            out,
            assets=assets,
            read_object=lambda key: images[int(key)],
            presets=presets,
            title="Benchmark",
        )

    def floor() -> None:
        if presets == ("atlas",):
            atlas_loop(images, pages)
        else:
            encode_loop(images, presets)

    sheets = contact_sheets(export)
    runs = (floor, lambda: save_sheets(sheets), lambda: export(nowhere()))
    count = ROUNDS_OF_WEB if "web" in presets else ROUNDS
    rounds = [tuple(timed(run) for run in runs) for _ in range(count)]
    return {
        "presets": list(presets),
        "floor_cpu_s": round(median(f[0] + s[0] for f, s, _ in rounds), 3),
        "export_cpu_s": round(median(e[0] for *_, e in rounds), 3),
        "ratio": round(median((f[0] + s[0]) / e[0] for f, s, e in rounds), 3),
        "strict": round(median(f[0] / e[0] for f, _, e in rounds), 3),
        "wall_ratio": round(median((f[1] + s[1]) / e[1] for f, s, e in rounds), 3),
        "aim": AIM,
    }


def contact_sheets(export: Callable[[BinaryIO], None]) -> list[Image.Image]:
    """The pages of a package's contact sheet, decoded."""
    out = io.BytesIO()
    export(out)
    with zipfile.ZipFile(out) as package:
        names = [name for name in package.namelist() if name.startswith("contact-sheet")]
        return [decode(package.read(name), "RGB") for name in names]


def save_sheets(sheets: Sequence[Image.Image]) -> None:
    """Encode the contact sheet's pages."""
    for sheet in sheets:
        sheet.save(io.BytesIO(), "png", compress_level=SHEET_LEVEL)


def peak_mib_here(count: int) -> float:
    """The peak of the calling process after one package of small images. Linux only."""
    images = pngs(16, 48)
    assets = [asset(n, images[n % 16], 48) for n in range(count)]
    write_package(
        nowhere(),
        assets=assets,
        read_object=lambda key: images[int(key) % 16],
        presets=MEMORY_PRESETS,
        title="Benchmark",
    )
    # Not ru_maxrss: it starts at the peak of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def memory() -> dict[str, Any]:
    """Peak memory at 100 and 5,000 assets, a process each."""
    few, many = (
        float(
            subprocess.run(
                [sys.executable, __file__, "--peak", str(count)],
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for count in (100, 5000)
    )
    return {
        "presets": list(MEMORY_PRESETS),
        "mib_at_100": round(few, 1),
        "mib_at_5000": round(many, 1),
        "difference_mib": round(many - few, 1),
        "aim_mib": MEMORY_AIM_MIB,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print(peak_mib_here(options.peak))
        return
    images = pngs(options.assets, SIDE)
    every = tuple(name for choice in CHOICES for name in choice if name != "atlas")
    results = [compare(images, presets) for presets in (*CHOICES, every)]
    found = {"assets": len(images), "side": SIDE, "speed": results, "memory": memory()}
    print(json.dumps(found) if options.json else table(found))


def table(found: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [
        f"{found['assets']} assets of {found['side']} px; raw encode loop ÷ export",
        *(
            f"  {'+'.join(row['presets']):<34} {row['floor_cpu_s']:>7.2f} s ÷ "
            f"{row['export_cpu_s']:>6.2f} s CPU = {row['ratio']:.2f} (aim ≥ {row['aim']}), "
            f"strict {row['strict']:.2f}, wall {row['wall_ratio']:.2f}"
            for row in found["speed"]
        ),
    ]
    row = found["memory"]
    lines.append(
        f"peak memory at 5,000 assets {row['mib_at_5000']} MiB, at 100 {row['mib_at_100']} MiB: "
        f"+{row['difference_mib']} MiB (aim ≤ {row['aim_mib']})"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
