"""Palette, outline, pixel grid and flatness, on drawings whose truth is known."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assetql.domain.palette import conditioning_of, palette_of

RED, BLUE, INK = "#d03020", "#2040c0", "#101018"


def disc(fill: str, *, outline: str | None = None, width: int = 0) -> Image.Image:
    big = Image.new("RGBA", (1024, 1024))
    ImageDraw.Draw(big).ellipse((120, 120, 900, 900), fill, outline, width * 4)
    return big.resize((256, 256), Image.Resampling.BOX)


def pixel_art(seed: int, cells: int) -> Image.Image:
    cell = np.random.default_rng(seed).integers(0, 3, (cells, cells))
    table = np.array([[0, 0, 0, 0], [208, 48, 32, 255], [32, 64, 192, 255]], np.uint8)
    return Image.fromarray(table[cell]).resize((256, 256), Image.Resampling.NEAREST)


def test_palette_is_ordered_by_share_and_exact_for_flat_art() -> None:
    image = disc(RED)
    ImageDraw.Draw(image).rectangle((100, 100, 140, 140), fill=BLUE)
    assert palette_of(image) == (RED, BLUE)


def test_palette_keeps_to_the_number_asked() -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    assert 1 <= len(palette_of(noise, colors=3)) <= 3


def test_an_outline_has_its_width_and_colour() -> None:
    found = conditioning_of([disc(RED, outline=INK, width=8), disc(BLUE, outline=INK, width=8)])
    assert abs(found.outline * 256 - 8) <= 1.5
    assert found.outline_color == INK


def test_no_outline_where_there_is_none() -> None:
    found = conditioning_of([disc(RED), disc(BLUE)])
    assert (found.outline, found.outline_color) == (0.0, None)


def test_pixel_art_shows_its_grid() -> None:
    assert conditioning_of([pixel_art(1, 16), pixel_art(2, 16)]).pixel_grid == 16
    assert conditioning_of([pixel_art(3, 32)]).pixel_grid == 32


def test_smooth_curves_show_no_grid() -> None:
    assert conditioning_of([disc(RED), disc(BLUE)]).pixel_grid == 0


def test_flat_art_is_flatter_than_a_gradient() -> None:
    ramp = Image.linear_gradient("L").convert("RGBA")
    assert conditioning_of([disc(RED)]).flatness > 0.95
    assert conditioning_of([ramp]).flatness < 0.3


def test_clear_images_have_a_palette_too() -> None:
    assert palette_of(Image.new("RGBA", (8, 8))) == ("#000000",)


@settings(max_examples=8, deadline=None)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    mode=st.sampled_from(["RGB", "RGBA", "L", "1", "P", "LA"]),
    seed=st.integers(0, 99),
)
def test_any_image_gives_a_valid_conditioning(
    width: int, height: int, mode: str, seed: int
) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    image = Image.fromarray(noise).convert("RGB" if mode == "P" else "RGBA").convert(mode)
    found = conditioning_of([image])
    assert found == conditioning_of([image])
    assert found.palette
