"""Colour in OKLab, where equal distances look about equally different."""

import numpy as np
from numpy.typing import NDArray

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LINEAR = np.where(
    np.linspace(0, 1, 256) <= 0.04045,
    np.linspace(0, 1, 256) / 12.92,
    ((np.linspace(0, 1, 256) + 0.055) / 1.055) ** 2.4,
).astype(np.float32)


def oklab(rgb: NDArray[np.floating]) -> NDArray[np.float32]:
    """SRGB in 0..1, (..., 3), to OKLab: L in 0..1, a and b about ±0.4.

    Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
    """
    linear = _LINEAR[np.rint(np.asarray(rgb) * 255).astype(np.uint8)]
    lms = np.cbrt(linear @ _TO_LMS.T.astype(np.float32))
    return lms @ _TO_LAB.T.astype(np.float32)
