import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assetql.domain.phash import NEAR_DUPLICATE, phash


def picture(seed: int, side: int = 128) -> Image.Image:
    """A few random shapes on a transparent ground."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, w, h = rng.integers(side // 8, side // 2, 4).tolist()
        color = (*rng.integers(0, 256, 3).tolist(), 255)
        draw.ellipse((x, y, x + w, y + h), fill=color)
    return image


def differing_bits(a: int, b: int) -> int:
    return (a ^ b).bit_count()


def jpeg(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    Image.alpha_composite(Image.new("RGBA", image.size, (128, 128, 128, 255)), image).convert(
        "RGB"
    ).save(file, "JPEG", quality=60)
    return Image.open(file)


@pytest.mark.parametrize("seed", range(5))
def test_survives_resizing_and_encoding(seed: int) -> None:
    image = picture(seed)
    original = phash(image)
    assert 0 <= original < 1 << 64
    assert differing_bits(original, phash(image.resize((64, 64)))) <= NEAR_DUPLICATE
    assert differing_bits(original, phash(jpeg(image))) <= NEAR_DUPLICATE


def test_other_pictures_are_far() -> None:
    hashes = [phash(picture(seed)) for seed in range(12)]
    far = [differing_bits(a, b) > NEAR_DUPLICATE for i, a in enumerate(hashes) for b in hashes[:i]]
    assert all(far)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_takes_any_mode_and_size(mode: str) -> None:
    assert phash(Image.new(mode, (1, 3))) >= 0
