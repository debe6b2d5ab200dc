import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from assetql.domain.errors import InvalidInput
from assetql.pipeline.thumbnail import make_thumbnail


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


def icon(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGBA", size)
    draw = ImageDraw.Draw(image)
    box = (size[0] // 5, size[1] // 6, size[0] * 4 // 5, size[1] * 5 // 6)
    draw.ellipse(
        box, fill=(200, 40, 30, 255), outline=(20, 10, 60, 128), width=max(1, size[0] // 30)
    )
    return image


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from([16, 100, 256]))
def test_it_fits_keeps_its_proportions_and_never_grows(width: int, height: int, side: int):
    small = opened(make_thumbnail(png(icon((width, height))), side))
    scale = min(1.0, side / max(width, height))
    assert max(small.size) <= side
    assert abs(small.width - max(1, width * scale)) <= 0.5
    assert abs(small.height - max(1, height * scale)) <= 0.5


@pytest.mark.parametrize("size", [(1024, 1024), (700, 500), (513, 1001)])
def test_it_looks_as_a_careful_resampling_does(size: tuple[int, int]):
    large = icon(size)
    small = opened(make_thumbnail(png(large)))
    expected = large.resize(small.size, Image.Resampling.BOX)
    difference = ImageChops.difference(small.convert("RGBa"), expected.convert("RGBa")).tobytes()
    assert max(difference) <= 96
    assert sum(difference) / len(difference) < 1.0


def test_hidden_colours_do_not_bleed_into_edges():
    image = Image.new("RGBA", (512, 512), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (101, 101, 400, 400))
    small = opened(make_thumbnail(png(image))).convert("RGBA")
    pixels = small.tobytes()
    visible = [pixels[i : i + 4] for i in range(0, len(pixels), 4) if pixels[i + 3]]
    assert visible
    assert all(red >= 250 and green <= 5 for red, green, _, _ in visible)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "LA", "1"])
def test_every_kind_of_png_is_taken(mode: str):
    assert opened(make_thumbnail(png(icon((600, 600)).convert(mode)))).size == (256, 256)


def test_what_fits_is_given_back_as_it_is():
    data = png(icon((256, 200)))
    assert make_thumbnail(data) == data


def test_an_invisible_image_stays_invisible():
    small = opened(make_thumbnail(png(Image.new("RGBA", (512, 300)))))
    assert small.size == (256, 150)
    assert small.getbbox() is None


@pytest.mark.parametrize("data", [b"", b"no image", png(icon((600, 600)))[:900]])
def test_what_is_no_png_is_refused_with_a_remedy(data: bytes):
    with pytest.raises(InvalidInput, match="Generate it again"):
        make_thumbnail(data)
