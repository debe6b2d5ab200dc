"""Classical measures of how an image is drawn, as opposed to what it shows.

Each group of GROUPS is one short function from a Canvas to a few numbers, so that every value has
a name and a reason: colour, edges, texture, frequency, silhouette.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assetql.domain.canvas import SIDE, Canvas, Floats, Mask, slopes


def _share(values: NDArray[np.number], edges: Floats, weight: Floats | None = None) -> Floats:
    """Histogram over `edges` as shares, square-rooted so that small bins count too."""
    bins = np.searchsorted(edges, values, side="right")
    counts = np.bincount(bins, weight, minlength=len(edges) + 1)[1 : len(edges)]
    total = max(float(counts.sum()), 1e-6)
    return np.sqrt(counts / total).astype(np.float32)


def _quantiles(values: NDArray[np.floating]) -> Floats:
    return np.quantile(values, [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98]).astype(np.float32)


_LIGHT_EDGES = np.linspace(0.0, 1.001, 11, dtype=np.float32)
_CHROMA_EDGES = np.array([0, 0.01, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.22, 0.5], np.float32)


def tone(canvas: Canvas) -> Floats:
    """Lightness and chroma of the subject: histograms and quantiles."""
    lab = canvas.lab[canvas.inside]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    return np.concatenate(
        [
            _share(lab[:, 0], _LIGHT_EDGES),
            _share(chroma, _CHROMA_EDGES),
            _quantiles(lab[:, 0]),
            _quantiles(chroma),
        ]
    ).astype(np.float32)


def hues(canvas: Canvas) -> Floats:
    """Hue of the coloured pixels, weighted by chroma, in 12 sectors."""
    lab = canvas.lab[canvas.inside]
    angle = np.arctan2(lab[:, 2], lab[:, 1])
    weight = np.clip(np.hypot(lab[:, 1], lab[:, 2]) - 0.02, 0.0, None)
    sector = ((angle / (2 * np.pi) + 0.5) * 12).astype(np.intp) % 12
    counts = np.bincount(sector, weight, minlength=12)
    return np.sqrt(counts / max(float(counts.sum()), 1e-6)).astype(np.float32)


def economy(canvas: Canvas) -> Floats:
    """How few colours carry the image: shares of the largest, how many make 50 to 99 %."""
    counts = np.bincount(canvas.codes[canvas.inside], minlength=1 << 15)
    counts = np.sort(counts[counts > 0])[::-1] / canvas.inside.sum()
    total = np.cumsum(counts)
    needed = np.searchsorted(total, [0.5, 0.75, 0.9, 0.95, 0.99]) + 1
    top = np.pad(total, (0, 8), mode="edge")[[0, 1, 2, 4, 7]]
    entropy = -(counts * np.log(counts)).sum()
    return np.concatenate([np.log(needed), top, [entropy, np.log(len(counts))]]).astype(np.float32)


def silhouette(canvas: Canvas) -> Floats:
    """Margins, coverage, roughness and softness of the silhouette."""
    mask = canvas.inside
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom = rows[0] / SIDE, 1 - (rows[-1] + 1) / SIDE
    left, right = columns[0] / SIDE, 1 - (columns[-1] + 1) / SIDE
    area = mask.mean()
    rim = (canvas.depth == 1).sum()
    soft = (canvas.alpha > 0.02) & (canvas.alpha < 0.98)
    box = max((1 - top - bottom) * (1 - left - right), 1e-4)
    values = [top, bottom, left, right, min(top, bottom), min(left, right), abs(left - right)]
    values += [area, area / box, np.log(rim / SIDE), np.log(rim / (SIDE * np.sqrt(area)))]
    values += [np.log1p(1e2 * soft.mean()), np.log((soft.sum() + 8) / (rim + 8))]
    values += [np.log1p(1e2 * ((canvas.alpha > 0.1) & (canvas.alpha < 0.6)).mean())]
    values += [np.log(1 - top - bottom), np.log(1 - left - right)]
    return np.array(values, np.float32)


def thickness(canvas: Canvas) -> Floats:
    """How deep the silhouette is: the share of its pixels at each erosion depth."""
    depth = canvas.depth[canvas.inside]
    return _share(depth, np.array([0, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 23, 26], np.float32))


_RINGS = ((1, 2), (3, 4), (5, 7), (8, 11), (12, 17))


def outline(canvas: Canvas) -> Floats:
    """Lightness and chroma of rings along the silhouette, against the inside."""
    chroma = np.hypot(canvas.lab[..., 1], canvas.lab[..., 2])
    light = canvas.lab[..., 0]
    core_light, core_chroma = light[canvas.inside].mean(), chroma[canvas.inside].mean()
    values: list[float] = []
    for near, far in _RINGS:
        ring = (canvas.depth >= near) & (canvas.depth <= far)
        if not ring.any():
            values += [0.0, 0.0, 0.0, 0.0, 0.0]
            continue
        values += [light[ring].mean() - core_light, chroma[ring].mean() - core_chroma]
        values += [light[ring].std(), (light[ring] < 0.35).mean(), (light[ring] > 0.97).mean()]
    return np.array(values, np.float32)


_SLOPE_EDGES = np.array(
    [0, 2e-4, 1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2, 6.4e-2, 0.128, 0.256, 2.0], np.float32
)


def shading(canvas: Canvas) -> Floats:
    """Flat, smoothly shaded and edgy shares of the inside, and where the light comes from."""
    deep = canvas.depth >= 4
    if deep.sum() < 64:
        deep = canvas.inside
    dx, dy = canvas.slope[0][deep], canvas.slope[1][deep]
    steep = np.hypot(dx, dy)
    smooth = (steep > 3e-4) & (steep < 0.02)
    share = smooth.mean()
    pull = [dx[smooth].mean(), dy[smooth].mean()] if smooth.any() else [0.0, 0.0]
    spread = [np.abs(dx[smooth]).mean(), np.abs(dy[smooth]).mean()] if smooth.any() else [0.0, 0.0]
    return np.concatenate(
        [_share(steep, _SLOPE_EDGES), [share], np.array(pull) * 300, np.array(spread) * 300]
    ).astype(np.float32)


def shades(canvas: Canvas) -> Floats:
    """Like `shading`, for colour: slopes of the opponent channels."""
    deep = canvas.depth >= 4
    if deep.sum() < 64:
        deep = canvas.inside
    chroma = canvas.over_grey[1:]
    dx = np.diff(chroma, axis=2, append=chroma[:, :, -1:])
    dy = np.diff(chroma, axis=1, append=chroma[:, -1:])
    steep = np.sqrt((dx**2 + dy**2).sum(axis=0))[deep]
    return _share(steep, _SLOPE_EDGES)


def directions(canvas: Canvas) -> Floats:
    """Directions of strong edges in 8 sectors, axis-alignment, and how sharp the edges are."""
    dx, dy = canvas.slope
    steep = np.hypot(dx, dy)
    edge = steep > 0.05
    if edge.sum() < 16:
        return np.zeros(8 + 2 + 6, np.float32)
    angle = np.mod(np.arctan2(dy[edge], dx[edge]) + np.pi / 16, np.pi)
    sectors = _share(angle, np.linspace(0, np.pi + 1e-3, 9, dtype=np.float32), steep[edge])
    axis = (np.minimum(np.abs(dx[edge]), np.abs(dy[edge])) < 1e-3).mean()
    levels = _share(steep[edge], np.array([0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 2], np.float32))
    return np.concatenate([sectors, [axis, np.log(edge.mean())], levels]).astype(np.float32)


_RUN_EDGES = np.array([0.5, 1.5, 2.5, 3.5, 5.5, 8.5, 12.5, 18.5, 28.5, 48.5, 90.5, 257], np.float32)


def _runs(codes: NDArray[np.int32], mask: Mask) -> Floats:
    """Lengths of runs of one colour along rows, weighted by their pixels."""
    flat, inside = codes.ravel(), mask.ravel()
    change = np.flatnonzero(np.diff(np.where(inside, flat, -1)) != 0)
    row_ends = np.arange(1, SIDE) * SIDE - 1
    cuts = np.union1d(change, row_ends)
    starts = np.concatenate([[0], cuts + 1])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))[inside[starts]]
    return _share(lengths, _RUN_EDGES, lengths.astype(np.float32))


def strokes(canvas: Canvas) -> Floats:
    """Widths of evenly coloured runs, across and down: strokes, facets, pixels."""
    coarse = (canvas.codes >> 1) & 0b01111_01111_01111
    return np.concatenate(
        [_runs(coarse, canvas.inside), _runs(coarse.T.copy(), canvas.inside.T.copy())]
    )


def frequency(canvas: Canvas) -> Floats:
    """Power spectrum of lightness: 14 rings, and along the axes against the diagonals."""
    light = canvas.over_grey[0] - canvas.over_grey[0].mean()
    power = np.abs(np.fft.rfft2(light)) ** 2
    rings = np.bincount(_ring_index(), power.ravel(), minlength=15)[1:15] + 1e-3
    logs = np.log(rings / rings.sum())
    axis = power[:3].sum() + power[-2:].sum() + power[:, :3].sum()
    return np.concatenate([logs, [np.log(rings.sum()), axis / (power.sum() + 1e-6)]]).astype(
        np.float32
    )


@cache
def _ring_index() -> NDArray[np.intp]:
    fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None]
    radius = np.hypot(fy, fx) * SIDE
    rings = np.floor(2 * np.log2(np.maximum(radius, 1.0))).astype(np.intp) + 1
    return np.where(radius < 0.5, 0, np.minimum(rings, 14)).ravel()


def corners(canvas: Canvas) -> Floats:
    """Structure tensor at two scales: straight edges against corners and texture."""
    dx, dy = slopes(canvas.halved[0][0])
    parts: list[Floats] = []
    for width in (3, 7):
        xx, yy, xy = (box_mean(p, width) for p in (dx * dx, dy * dy, dx * dy))
        trace = xx + yy
        coherent = np.hypot(xx - yy, 2 * xy) / (trace + 1e-9)
        edgy = trace > 1e-3
        if edgy.sum() < 16:
            parts.append(np.zeros(7, np.float32))
            continue
        bins = np.linspace(0, 1.0001, 7, dtype=np.float32)
        parts += [_share(coherent[edgy], bins, trace[edgy]), np.array([np.log(edgy.mean())])]
    return np.concatenate(parts).astype(np.float32)


def box_mean(plane: Floats, width: int) -> Floats:
    """Mean over a width×width window (odd), edges repeated."""
    reach = width // 2
    padded = np.pad(plane, ((reach + 1, reach), (reach + 1, reach)), mode="edge")
    total = padded.astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    window = total[width:, width:] - total[:-width, width:] - total[width:, :-width]
    return ((window + total[:-width, :-width]) / width**2).astype(np.float32)


_GRIDS = (12, 16, 20, 24, 32, 48, 64)


def grid(canvas: Canvas) -> Floats:
    """How much of the edges lies on the lines of a regular grid, for each of _GRIDS."""
    jump_x = np.abs(np.diff(canvas.over_grey[0], axis=1)).sum(axis=0)
    jump_y = np.abs(np.diff(canvas.over_grey[0], axis=0)).sum(axis=1)
    total = jump_x.sum() + jump_y.sum() + 1e-6
    values: list[float] = []
    for cells in _GRIDS:
        lines = np.round(np.arange(1, cells) * SIDE / cells).astype(np.intp) - 1
        near = np.unique(np.clip(np.concatenate([lines, lines - 1]), 0, SIDE - 2))
        expected = len(near) / (SIDE - 1)
        values.append((jump_x[near].sum() + jump_y[near].sum()) / total - expected)
    return np.array(values, np.float32)


def texture(canvas: Canvas) -> Floats:
    """Covariance of local filter responses, inside, as signed square roots (Gram matrix)."""
    (light, green, blue), inside = canvas.halved
    fine, broad, wide = (box_mean(light, width) for width in (3, 7, 15))
    dx, dy = slopes(light)
    steep = np.hypot(dx, dy)
    planes = [light, green, blue, light - fine, fine - broad, broad - wide, steep, dx, dy]
    planes += [box_mean(steep, 7), np.abs(light - fine), np.hypot(green, blue)]
    stack = np.stack([p[inside] for p in planes])
    stack -= stack.mean(axis=1, keepdims=True)
    gram = stack @ stack.T / stack.shape[1]
    upper = gram[np.triu_indices(len(planes))]
    return (np.sign(upper) * np.sqrt(np.abs(upper))).astype(np.float32)


GROUPS: dict[str, Callable[[Canvas], Floats]] = {
    "tone": tone,
    "hues": hues,
    "economy": economy,
    "silhouette": silhouette,
    "thickness": thickness,
    "outline": outline,
    "shading": shading,
    "shades": shades,
    "directions": directions,
    "strokes": strokes,
    "frequency": frequency,
    "corners": corners,
    "grid": grid,
    "texture": texture,
}


def measure(canvas: Canvas) -> Floats:
    """All groups in the order of the table, (n,) float32, finite."""
    values = np.concatenate([group(canvas) for group in GROUPS.values()])
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
