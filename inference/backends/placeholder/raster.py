"""From markup to the final PNG: pixel grids, backgrounds, encoding."""

import io
from collections.abc import Iterable

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from inference.backends.placeholder.color import Color

Pixels = NDArray[np.uint8]  # (height, width, 4), straight alpha
_SUPERSAMPLING = 4


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
    return size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING


def to_cells(pixels: Pixels, colors: Iterable[str]) -> Pixels:
    """Average blocks into cells, each empty or fully one of `colors`."""
    n = _SUPERSAMPLING
    height, width = pixels.shape[0] // n, pixels.shape[1] // n
    blocks = pixels.reshape(height, n, width, n, 4).astype(np.float32)
    alpha = blocks[..., 3:].sum(axis=(1, 3))
    rgb = (blocks[..., :3] * blocks[..., 3:]).sum(axis=(1, 3)) / np.maximum(alpha, 1)
    table = np.array([_rgb(c) for c in sorted(colors)], np.float32)
    nearest = ((rgb[:, :, None, :] - table) ** 2).sum(-1).argmin(-1)
    solid = alpha >= 255 * n * n * 0.45
    return np.where(solid, np.dstack([table[nearest], np.full_like(alpha, 255)]), 0).astype(
        np.uint8
    )


def outlined(cell: Pixels, ink: str, width: int) -> Pixels:
    """A line of `ink`, `width` cells wide, around what is solid."""
    result = cell
    for _ in range(width):
        solid = result[..., 3] > 0
        padded = np.pad(solid, 1)
        near = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        line = np.array([*_rgb(ink), 255], np.uint8)
        result = np.where((near & ~solid)[..., None], line, result)
    return result


def enlarged(cell: Pixels, width: int, height: int) -> Pixels:
    """Nearest-neighbour to the asked size."""
    rows = np.arange(height) * cell.shape[0] // height
    columns = np.arange(width) * cell.shape[1] // width
    return cell[rows][:, columns]


def over(pixels: Pixels, top: Color, bottom: Color) -> Pixels:
    """Put the image on a soft vertical gradient."""
    share = np.linspace(0, 1, pixels.shape[0], dtype=np.float32)[:, None, None]
    backdrop = (1 - share) * np.array(_rgb(top.hex)) + share * np.array(_rgb(bottom.hex))
    alpha = pixels[..., 3:].astype(np.float32) / 255
    rgb = pixels[..., :3] * alpha + backdrop * (1 - alpha)
    opaque = np.full(pixels.shape[:2], 255)
    return np.dstack([rgb.round(), opaque]).astype(np.uint8)


def png(pixels: Pixels) -> bytes:
    """Encode; equal pixels give equal bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
