"""Train the descriptor's projection and make its bank of negatives, from public icon sets.

None of the sets is one of those in examples/styles, so every figure of benchmarks/style_gate.py
is on styles that nothing here has seen. Fetch the packages of SETS with `npm pack`, unpack each
into a folder of its short name, and run: python -m benchmarks.train_descriptor FOLDER
"""

import argparse
import io
import json
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from assetql.adapters.local.descriptor import DESCRIPTOR, project, raw
from benchmarks.treatments import SIDE, pseudo_style

OUT = Path(__file__).parent.parent / "assetql" / "adapters" / "local" / "negatives"
DRAWN, WAVES, SHRINKAGE = 39, 44, 0.3
CONSTANT = 0.8  # of the median length of a drawn part
PSEUDO_STYLES, PER_PSEUDO_STYLE = 3, 50
BANK_PER_SET, SHEET_PER_SET, CELL = 28, 8, 96
_SKIPPED = ("skin-tone", "flag", "keycap", "symbol-")  # near-copies of one drawing

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class IconSet:
    """A package `@iconify-json/{name}`; `ink` is drawn where the set has no colours."""

    name: str
    count: int
    ink: str = "#000000"


SETS = (
    IconSet("emojione", 150),
    IconSet("flat-color-icons", 150),
    IconSet("icon-park", 150),
    IconSet("meteocons", 150),
    IconSet("streamline-color", 150),
    IconSet("streamline-emojis", 150),
    IconSet("streamline-kameleon-color", 150),
    IconSet("streamline-ultimate-color", 150),
    IconSet("streamline-plump-color", 150),
    IconSet("twemoji", 150),
    IconSet("game-icons", 80, "#2b2b2b"),
    IconSet("lucide", 80, "#1e1e24"),
    IconSet("pixel", 80, "#222222"),
)


def rasterise(folder: Path, icons: IconSet) -> list[Image.Image]:
    """A seeded draw of the set's icons at SIDE×SIDE."""
    data = json.loads((folder / icons.name / "icons.json").read_text())
    names = [n for n in sorted(data["icons"]) if not any(s in n for s in _SKIPPED)]
    random.Random(icons.name).shuffle(names)
    images: list[Image.Image] = []
    for name in names:
        icon = {"width": 16, "height": 16, "left": 0, "top": 0, **_box(data), **data["icons"][name]}
        image = _draw(icon, icons.ink)
        if not icon.get("hidden") and np.asarray(image.getchannel("A")).max() >= 128:
            images.append(image)
        if len(images) == icons.count:
            break
    return images


def _box(data: dict[str, object]) -> dict[str, object]:
    return {key: data[key] for key in ("width", "height", "left", "top") if key in data}


def _draw(icon: dict[str, object], ink: str) -> Image.Image:
    box = f"{icon['left']} {icon['top']} {icon['width']} {icon['height']}"
    body = str(icon["body"]).replace("currentColor", ink)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box}" width="{SIDE}" height="{SIDE}">{body}</svg>'
    )
    data = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE))
    return Image.open(io.BytesIO(data)).convert("RGBA")


def frequencies() -> NDArray[np.float32]:
    """(3, WAVES): random directions in orthogonal triples, radii as of a normal distribution."""
    rng = np.random.default_rng(0)
    triples = [np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(-(-WAVES // 3))]
    radii = np.quantile(np.sqrt(rng.chisquare(3, 200_000)), (np.arange(WAVES) + 0.5) / WAVES)
    return (np.concatenate(triples)[:WAVES] * rng.permutation(radii)[:, None]).T.astype(np.float32)


def describe(folder: Path, icons: IconSet) -> tuple[list[Rows], list[Image.Image]]:
    """Raw rows of the set itself and of its pseudo-styles; and images for the sheet."""
    waves = frequencies()
    images = rasterise(folder, icons)
    styles = [np.stack([raw(image, waves) for image in images]).astype(np.float64)]
    for number in range(PSEUDO_STYLES):
        seed = f"{icons.name}{number}"
        treat = pseudo_style(seed)
        chosen = random.Random(seed).sample(images, min(PER_PSEUDO_STYLE, len(images)))
        styles.append(np.stack([raw(treat(image), waves) for image in chosen]).astype(np.float64))
    return styles, images[:SHEET_PER_SET]


def discriminant(styles: list[Rows]) -> Rows:
    """Linear discriminant of standardised rows, one class per style: (n, DRAWN).

    The within-style covariance is shrunk to a multiple of the identity.
    """
    means = np.stack([rows.mean(axis=0) for rows in styles])
    within = np.mean([np.cov(rows.T, bias=True) for rows in styles], axis=0)
    size = len(within)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * np.eye(size) * np.trace(within) / size
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values)
    _, directions = np.linalg.eigh(whiten.T @ np.cov(means.T) @ whiten)
    return whiten @ directions[:, ::-1][:, :DRAWN]


def train(sets: list[list[Rows]]) -> dict[str, NDArray[np.float32]]:
    """The descriptor's arrays; the first style of each set is the set itself."""
    count = sets[0][0].shape[1] - 2 * WAVES
    rows = np.concatenate([style for styles in sets for style in styles])
    mean, scale = rows[:, :count].mean(axis=0), rows[:, :count].std(axis=0) + 1e-6
    standard = [
        np.clip((style[:, :count] - mean) / scale, -4, 4) for styles in sets for style in styles
    ]
    projection = discriminant(standard)
    drawn = np.concatenate(standard) @ projection
    centre = drawn.mean(axis=0)
    weights = {
        "mean": mean,
        "scale": scale,
        "projection": projection,
        "centre": centre,
        "constant": CONSTANT * np.median(np.linalg.norm(drawn - centre, axis=1)),
        "frequencies": frequencies(),
        "colors": np.concatenate([styles[0][:, count:] for styles in sets]).mean(axis=0),
    }
    typed = {name: np.asarray(value, np.float32) for name, value in weights.items()}
    bank = np.concatenate([styles[0][:BANK_PER_SET] for styles in sets])
    return {**typed, "bank": project(bank.astype(np.float32), typed)}


def save_sheet(rows: list[list[Image.Image]], path: Path) -> None:
    """The bank's images for other embedders: one row per set, CELL pixels each."""
    sheet = Image.new("RGBA", (SHEET_PER_SET * CELL, len(rows) * CELL))
    for y, images in enumerate(rows):
        for x, image in enumerate(images):
            small = image.convert("RGBa").resize((CELL, CELL), Image.Resampling.LANCZOS)
            sheet.paste(small.convert("RGBA"), (x * CELL, y * CELL))
    sheet.save(path, lossless=True, quality=100, method=6)


def main() -> None:
    """Write the weights and the sheet into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    with ProcessPoolExecutor() as pool:
        described = list(pool.map(describe, [folder] * len(SETS), SETS))
    weights = train([styles for styles, _ in described])
    np.savez_compressed(OUT / f"{DESCRIPTOR}.npz", allow_pickle=False, **weights)
    save_sheet([images for _, images in described], OUT / "bank.webp")
    print(f"{len(weights['bank'])} negatives, {weights['bank'].shape[1]} dimensions -> {OUT}")


if __name__ == "__main__":
    main()
