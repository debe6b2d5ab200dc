"""What of a style can be named: palette, outline, pixel grid, flatness."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.canvas import SIDE, Canvas, Floats, fit
from assetql.domain.color import oklab
from assetql.domain.imaging import StyleConditioning

PALETTE_SIZE = 8
_SAME_COLOR = 0.06  # OKLab; nearer than this, two colours of a palette are one
_ROUNDS = 12


def conditioning_of(images: Sequence[Image.Image]) -> StyleConditioning:
    """What references of any mode and size have in common, for an image model to honour."""
    canvases = [fit(image) for image in images]
    width, color = _outline_of(canvases)
    return StyleConditioning(
        palette=_palette(canvases, PALETTE_SIZE),
        outline=width,
        outline_color=color,
        pixel_grid=_grid_of(canvases),
        flatness=float(np.median([_flatness(canvas) for canvas in canvases])),
    )


def palette_of(image: Image.Image, *, colors: int = PALETTE_SIZE) -> tuple[str, ...]:
    """At most `colors` hex colours of the subject, largest share first; deterministic."""
    return _palette([fit(image)], colors)


def _palette(canvases: Sequence[Canvas], colors: int) -> tuple[str, ...]:
    """Weighted k-means over the histograms in OKLab; each image counts the same."""
    rgb, share = _histogram(canvases)
    lab = oklab(rgb)
    centres = _seeds(lab, share, colors)
    nearest = np.zeros(len(lab), np.intp)
    for _ in range(_ROUNDS):
        nearest = _distances(lab, centres).argmin(axis=1)
        weight = np.bincount(nearest, share, minlength=len(centres))
        sums = [np.bincount(nearest, share * lab[:, i], minlength=len(centres)) for i in range(3)]
        means = np.stack(sums, axis=1) / np.maximum(weight, 1e-12)[:, None]
        centres = np.where(weight[:, None] > 0, means, centres)
    weight = np.bincount(nearest, share, minlength=len(centres))
    # A colour that occurs stands for its cluster: a mean would be muddier than any of them.
    names = [
        _hex(rgb[np.where(nearest == k, share, 0.0).argmax()])
        for k in np.argsort(-weight, kind="stable")
        if weight[k] > 0
    ]
    return tuple(dict.fromkeys(names))


def _histogram(canvases: Sequence[Canvas]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean colour, (n, 3) in 0..1, and share, (n,), of each occupied 5-bit bin."""
    total = np.zeros(1 << 15)
    sums = np.zeros((3, 1 << 15))
    for canvas in canvases:
        codes, rgb = canvas.codes[canvas.inside], canvas.rgb[canvas.inside]
        total += np.bincount(codes, minlength=1 << 15) / len(codes)
        for i in range(3):
            sums[i] += np.bincount(codes, rgb[:, i], minlength=1 << 15) / len(codes)
    used = np.flatnonzero(total)
    return (sums[:, used] / total[used]).T, total[used] / len(canvases)


def _seeds(
    lab: NDArray[np.floating], share: NDArray[np.float64], colors: int
) -> NDArray[np.floating]:
    """Start with the largest bin, then again and again with the most and farthest unexplained."""
    chosen = [int(share.argmax())]
    while len(chosen) < colors:
        gap = np.sqrt(_distances(lab, lab[chosen]).min(axis=1))
        gain = np.where(gap > _SAME_COLOR, share * gap**2, 0.0)
        if gain.max() <= 1e-7:
            break
        chosen.append(int(gain.argmax()))
    return lab[chosen].astype(np.float64)


def _distances(lab: NDArray[np.floating], centres: NDArray[np.floating]) -> NDArray[np.floating]:
    return ((lab[:, None] - centres[None]) ** 2).sum(axis=2)


def _hex(rgb: NDArray[np.floating]) -> str:
    red, green, blue = (round(float(v) * 255) for v in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _outline_of(canvases: Sequence[Canvas]) -> tuple[float, str | None]:
    """Width as a share of the side, and colour, where most references have an outline."""
    found = [o for o in map(_outline, canvases) if o is not None]
    if len(found) * 2 <= len(canvases):
        return 0.0, None
    width = float(np.median([width for width, _ in found])) / SIDE
    color = np.median(np.stack([color for _, color in found]), axis=0)
    return round(min(width, 0.2), 4), _hex(color)


def _outline(canvas: Canvas) -> tuple[int, Floats] | None:
    """Depth in pixels to which the rim's colour reaches, where the inside has another colour."""
    rim = (canvas.depth >= 2) & (canvas.depth <= 3)
    if rim.sum() < 64:
        return None
    color = np.median(canvas.lab[rim], axis=0)
    alike = np.abs(canvas.lab - color).max(axis=2) < 0.1
    shares = [
        alike[canvas.depth == d].mean() if (canvas.depth == d).any() else 0.0 for d in range(2, 24)
    ]
    width = next((i for i, share in enumerate(shares) if share < 0.55), len(shares)) + 1
    deep = canvas.depth > width + 2
    if shares[0] < 0.7 or not 2 <= width <= 20 or deep.sum() < 200 or alike[deep].mean() > 0.5:
        return None
    return width, np.median(canvas.rgb[rim & alike], axis=0)


_CELLS = (*range(12, 33), 40, 48, 64)


def _grid_of(canvases: Sequence[Canvas]) -> int:
    """Cells along a side when nearly all edges of all references lie on one grid, else 0."""
    jumps = np.zeros(SIDE - 1)
    for canvas in canvases:
        light = canvas.over_grey[0]
        across = np.abs(np.diff(light, axis=1)).sum(axis=0)
        steps = across + np.abs(np.diff(light, axis=0)).sum(axis=1)
        jumps += steps / max(float(steps.sum()), 1e-6)
    total = max(float(jumps.sum()), 1e-6)
    for cells in _CELLS:
        near = grid_lines(cells)
        expected = len(near) / (SIDE - 1)
        if (jumps[near].sum() / total - expected) / (1 - expected) > 0.85:
            return cells
    return 0


def grid_lines(cells: int) -> NDArray[np.intp]:
    """Indices of the steps between neighbouring pixels that touch the lines of a grid."""
    lines = np.arange(1, cells) * SIDE / cells
    return np.unique(np.concatenate([np.floor(lines), np.ceil(lines)]).astype(np.intp) - 1)


def _flatness(canvas: Canvas) -> float:
    """Share of evenly coloured pixels among those inside that lie on no edge."""
    steep = np.hypot(*canvas.slope)[canvas.depth >= 3]
    calm = steep[steep < 0.03]
    return float((calm < 6e-4).mean()) if len(calm) else 1.0
