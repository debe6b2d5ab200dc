"""A fixed-length sketch of the exact colours of an image.

Artists of one set reuse the very same colours. A histogram fine enough to see that would be huge;
random Fourier features stand for it: the dot product of two sketches is close to a Gaussian kernel
between all pairs of colours. Source: Rahimi and Recht, "Random features for large-scale kernel
machines", 2007.
"""

import numpy as np
from numpy.typing import NDArray

from assetql.domain.canvas import Canvas, Floats
from assetql.domain.color import oklab

WIDTH = 0.01  # OKLab; colours farther apart than about twice this count as different
_COLORS = 24  # the largest of an image
_LEAST_SHARE = 0.003


def sketch(canvas: Canvas, frequencies: Floats) -> Floats:
    """(2m,) float32 for (3, m) frequencies in units of 1 / WIDTH."""
    lab, share = _main_colors(canvas)
    phases = (lab @ frequencies) / WIDTH
    weight = share[:, None] ** 0.25  # a small detail's colour tells nearly as much as a large one
    waves = np.concatenate([(weight * np.cos(phases)).sum(0), (weight * np.sin(phases)).sum(0)])
    return waves.astype(np.float32)


def _main_colors(canvas: Canvas) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """OKLab, (k, 3), and share, (k,), of the most frequent colours inside."""
    levels = np.rint(canvas.rgb[canvas.inside] * 255).astype(np.int32)
    codes, counts = np.unique(
        (levels[:, 0] << 16) | (levels[:, 1] << 8) | levels[:, 2], return_counts=True
    )
    largest = np.argsort(-counts, kind="stable")[:_COLORS]
    share = counts[largest] / len(levels)
    kept = share > min(_LEAST_SHARE, share[0] * 0.99)
    chosen = codes[largest][kept]
    rgb = np.stack([chosen >> 16, (chosen >> 8) & 255, chosen & 255], axis=1) / 255.0
    return oklab(rgb), share[kept]
