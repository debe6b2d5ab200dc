import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from assetql.domain.asset import Asset, Recipe
from assetql.domain.imaging import Attribution
from assetql.domain.tags import Tag, TagSet
from assetql.pipeline.packaging import write_package

EXAMPLES = Path(__file__).parents[3] / "examples" / "styles"
NAMES = (
    ("Red Potion", "potions"),
    ("Red Potion", "potions"),
    ("red potion", "potions"),
    ("../../etc/passwd", "tools"),
    ("CON", "tools"),
    ("class", "tools"),
    ('=cmd(), "quoted"\nline', "tools"),
    ("Ähre, reif", "food"),
    ("赤い薬", "potions"),
)
SIZES = ((256, 256), (64, 64), (300, 170), (16, 16), (33, 97), (128, 128), (90, 40), (257, 65))


def icon(number: int, size: tuple[int, int]) -> bytes:
    """A soft-edged shape with colour even where it is invisible."""
    image = Image.new("RGBA", size, (number * 20 % 256, 90, 200, 0))
    left, top = size[0] // 6, size[1] // 7
    fill = (200, number * 25 % 256, 40, 255)
    edge = (20, 20, number * 30 % 256, 120)
    box = (left, top, size[0] - left - 2, size[1] - top)
    ImageDraw.Draw(image).ellipse(box, fill=fill, outline=edge, width=2)
    return png(image)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


def asset(number: int, name: str, category: str, data: bytes) -> Asset:
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
    return Asset(
        workspace="studio",
        asset_id=f"ast_01J-{number:05d}-000-r1",
        batch_id="bat_01J",
        task_id=f"bat_01J-{number:05d}-000",
        run=1,
        name=name,
        description=f"{name}, shiny",
        category=category,
        width=width,
        height=height,
        object_key=f"raw/{number}.png",
        thumbnail_key=f"thumbnails/{number}.png",
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        recipe=Recipe(
            model_id="placeholder",
            model_hash="abc",
            scheduler="none",
            num_inference_steps=30,
            guidance_scale=7.0,
            seed=number,
            prompt_asked=name,
            prompt_sent=f"{name}, flat icon",
            negative_prompt="",
            style_id="sty_1",
            style_version=2,
            style_strength=0.8,
        ),
        tags=TagSet(model=(Tag("shiny", 0.9),), added=frozenset({"zinc", "b-tag", 'say "hi"'})),
        attribution=(Attribution(title="Icons", author="A. Drawer", license="CC-BY-4.0"),)
        if number % 2
        else (),
    )


@pytest.fixture(scope="session")
def library() -> tuple[list[Asset], dict[str, bytes]]:
    """Assets with hard names and every kind of size, and their PNGs by object key."""
    images = [icon(n, SIZES[n % len(SIZES)]) for n in range(len(NAMES))]
    images.append(png(Image.new("RGBA", (40, 24))))  # invisible
    images.append(png(Image.new("RGB", (64, 48), "teal")))  # no alpha
    images += [path.read_bytes() for path in sorted(EXAMPLES.glob("fluent-emoji/*.png"))[:2]]
    names = [*NAMES, ("Ghost", "misc"), ("Tile", "misc"), ("Emoji", "misc"), ("Emoji", "misc")]
    assets = [
        asset(n, name, category, data)
        for n, ((name, category), data) in enumerate(zip(names, images, strict=True))
    ]
    return assets, {a.object_key: data for a, data in zip(assets, images, strict=True)}


Pack = Callable[..., zipfile.ZipFile]


@pytest.fixture(scope="session")
def pack(library: tuple[list[Asset], dict[str, bytes]]) -> Iterator[Pack]:
    """Write a package of the library (or of other assets) and open it with another reader."""
    assets, objects = library
    with ExitStack() as opened:

        def make(
            *presets: str,
            assets: Sequence[Asset] = assets,
            objects: dict[str, bytes] = objects,
            title: str = "RPG: Ärger",
        ) -> zipfile.ZipFile:
            out = io.BytesIO()
            write_package(
                out, assets=assets, read_object=objects.__getitem__, presets=presets, title=title
            )
            return opened.enter_context(zipfile.ZipFile(out))

        yield make
