"""The descriptor embedder: shape, determinism, and what must not move it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assetql.adapters.local.descriptor import DESCRIPTOR, DescriptorEmbedder

EMBEDDER = DescriptorEmbedder()


def shape(size: int = 256) -> Image.Image:
    image = Image.new("RGBA", (1024, 1024))
    draw = ImageDraw.Draw(image)
    draw.ellipse((160, 200, 860, 900), fill="#e8a020", outline="#302010", width=40)
    draw.rectangle((400, 120, 600, 400), fill="#3060d0")
    return image.resize((size, size), Image.Resampling.BOX)


@settings(max_examples=12, deadline=None)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    mode=st.sampled_from(["RGB", "RGBA", "L", "1", "LA"]),
    seed=st.integers(0, 99),
)
def test_any_image_has_a_finite_unit_vector(width: int, height: int, mode: str, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    image = Image.fromarray(noise).convert(mode)
    vector = EMBEDDER.embed(image)
    assert vector.shape == (EMBEDDER.dimensions,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(vector, EMBEDDER.embed(image))


@pytest.mark.parametrize("color", ["white", "black", "#00000000"])
def test_an_empty_image_has_a_vector_too(color: str) -> None:
    vector = EMBEDDER.embed(Image.new("RGBA", (256, 256), color))
    assert np.isfinite(vector).all()


def test_size_hardly_moves_the_vector() -> None:
    assert EMBEDDER.embed(shape(256)) @ EMBEDDER.embed(shape(512)) > 0.9


def test_a_plain_backdrop_hardly_moves_the_vector() -> None:
    opaque = Image.new("RGBA", (256, 256), "white")
    opaque.alpha_composite(shape())
    assert EMBEDDER.embed(shape()) @ EMBEDDER.embed(opaque) > 0.8


def test_the_bank_is_of_the_same_space() -> None:
    bank = EMBEDDER.negatives()
    assert bank.shape[1] == EMBEDDER.dimensions
    assert len(bank) > 200
    assert np.allclose(np.linalg.norm(bank, axis=1), 1.0, atol=1e-4)
    assert EMBEDDER.name == DESCRIPTOR
