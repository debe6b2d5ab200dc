"""From markup to the final PNG: pixel grids, backgrounds, encoding."""

import io
from collections.abc import Iterable

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from inference.backends.placeholder.color import Color

Pixels = NDArray[np.uint8]  # (height, width, 4), straight alpha
_MANY_CELLS = 128 * 128  # from here on two samples a side are enough, and four are slow


def render(svg: str) -> bytes:
    """Rasterise a document at its own size to a PNG."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def decoded(png: bytes) -> Pixels:
    """The pixels of a PNG."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGBA"))


def cells(width: int, height: int, grid: int) -> tuple[int, int]:
    """Cells across and down when the shorter side has `grid` of them (never more than pixels)."""
    grid = min(grid, width, height)
    side = min(width, height) / grid
    return max(1, round(width / side)), max(1, round(height / side))


def supersampled(size: tuple[int, int]) -> tuple[int, int]:
    """The size to render at before `to_cells`."""
    return size[0] * _samples(*size), size[1] * _samples(*size)


def _samples(across: int, down: int) -> int:
    return 4 if across * down <= _MANY_CELLS else 2


def to_cells(pixels: Pixels, size: tuple[int, int], colors: Iterable[str]) -> Pixels:
    """Average blocks into cells, each empty or fully one of `colors`."""
    width, height = size
    n = _samples(*size)
    blocks = pixels.reshape(height, n, width, n, 4).astype(np.float32)
    alpha = blocks[..., 3:].sum(axis=(1, 3))
    rgb = (blocks[..., :3] * blocks[..., 3:]).sum(axis=(1, 3)) / np.maximum(alpha, 1)
    solid = alpha >= 255 * n * n * 0.45
    full = np.dstack([_nearest(rgb, [_rgb(c) for c in sorted(colors)]), np.full_like(alpha, 255)])
    return np.where(solid, full, 0).astype(np.uint8)


def _nearest(rgb: NDArray[np.float32], table: list[tuple[int, int, int]]) -> NDArray[np.float32]:
    """Each pixel's nearest of `table`; one colour at a time, since cells × colours is too much."""
    best = np.full(rgb.shape[:2], np.inf, np.float32)
    result = np.zeros_like(rgb)
    for color in table:
        away = ((rgb - np.array(color, np.float32)) ** 2).sum(axis=2)
        nearer = away < best
        best[nearer] = away[nearer]
        result[nearer] = color
    return result


def outlined(cell: Pixels, ink: str, width: int) -> Pixels:
    """A line of `ink`, `width` cells wide, around what is solid."""
    solid = cell[..., 3] > 0
    reached = solid
    for _ in range(width):
        padded = np.pad(reached, 1)
        reached = reached | padded[:-2, 1:-1] | padded[2:, 1:-1]
        reached |= padded[1:-1, :-2] | padded[1:-1, 2:]
    line = np.array([*_rgb(ink), 255], np.uint8)
    return np.where((reached & ~solid)[..., None], line, cell)


def enlarged(cell: Pixels, width: int, height: int) -> Pixels:
    """Nearest-neighbour to the asked size."""
    rows = np.arange(height) * cell.shape[0] // height
    columns = np.arange(width) * cell.shape[1] // width
    return cell[rows][:, columns]


def over(pixels: Pixels, top: Color, bottom: Color) -> Pixels:
    """Put the image on a soft vertical gradient."""
    share = np.linspace(0, 1, pixels.shape[0], dtype=np.float32)[:, None, None]
    ends = [np.array(_rgb(end.hex), np.float32) for end in (top, bottom)]
    backdrop = (1 - share) * ends[0] + share * ends[1]
    alpha = pixels[..., 3:].astype(np.float32) / 255
    rgb = backdrop + (pixels[..., :3] - backdrop) * alpha
    opaque = np.full(pixels.shape[:2], 255, np.uint8)
    return np.dstack([rgb.round().astype(np.uint8), opaque])


def png(pixels: Pixels) -> bytes:
    """Encode; equal pixels give equal bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
