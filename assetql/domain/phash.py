"""A perceptual hash: 64 bits that change little when an image is resized or encoded again."""

import functools

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NEAR_DUPLICATE = 6  # bits of 64
_SIDE = 32
_KEPT = 8


@functools.cache
def _dct_basis() -> NDArray[np.float64]:
    """(8, 32): the lowest rows of the orthonormal DCT-II."""
    frequency = np.arange(_KEPT)[:, None]
    basis = np.cos(np.pi * (2 * np.arange(_SIDE) + 1) * frequency / (2 * _SIDE))
    basis *= np.sqrt(2 / _SIDE)
    basis[0] /= np.sqrt(2)
    return basis


def phash(image: Image.Image) -> int:
    """64 bits: which low DCT frequencies of the luminance lie above their median.

    Transparency counts as mid-grey. Source: Zauner 2010, "Implementation and Benchmarking of
    Perceptual Image Hash Functions", the DCT-based hash.
    """
    rgba = image.convert("RGBA")
    ground = Image.new("RGBA", rgba.size, (128, 128, 128, 255))
    grey = Image.alpha_composite(ground, rgba).convert("L")
    small = grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    basis = _dct_basis()
    low = (basis @ np.asarray(small, dtype=np.float64) @ basis.T).round(6)
    above = low.ravel() > np.median(low.ravel()[1:])  # without the mean brightness
    return int.from_bytes(np.packbits(above).tobytes(), "big")
