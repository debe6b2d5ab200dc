"""Line drawings: ink where two parts meet, nothing inside."""

import numpy as np
from numpy.typing import NDArray

from inference.backends.placeholder.color import Color
from inference.backends.placeholder.raster import Pixels


def inked(numbered: Pixels, ink: Color, width: int) -> Pixels:
    """Lines `width` pixels wide between the flat colours of `numbered`; blue 255 is solid ink."""
    number = numbered[..., 0].astype(np.int32) * 256 + numbered[..., 1] + 1
    number[numbered[..., 3] < 128] = 0
    line = _edges(number)
    for _ in range(width - 1):
        line |= _spread(line) & (number > 0)
    line |= (numbered[..., 2] == 255) & (number > 0)
    color = [int(ink.hex[i : i + 2], 16) for i in (1, 3, 5)]
    return np.where(line[..., None], np.array([*color, 255]), 0).astype(np.uint8)


def _edges(number: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Where a part borders on one under it: one pixel, on the upper part's side."""
    padded = np.pad(number, 1)
    around = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
    lower = [_depth(near) < _depth(number) for near in around]
    return np.logical_or.reduce(lower) & (number > 0)


def _depth(number: NDArray[np.int32]) -> NDArray[np.int32]:
    """The painting order, which the green channel counts."""
    return np.where(number > 0, (number - 1) % 256 + 1, 0)


def _spread(line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(line, 1)
    return padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
