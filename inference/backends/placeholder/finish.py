"""From a painted brush to the bytes of the PNG, as the look and the request ask."""

from assetql.domain.imaging import ImageRequest
from inference.backends.placeholder import line_art, raster
from inference.backends.placeholder.brush import Brush
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.look import Look
from inference.backends.placeholder.off_style import spoiled


def finish(brush: Brush, request: ImageRequest, *, off_style: bool) -> bytes:
    """Rasterise: lines, cells or smooth; then spoil and put on a background where asked."""
    width, height, look = request.width, request.height, brush.look
    smooth = not (look.is_line_art or look.pixel_grid or off_style)
    if smooth and request.transparent:
        return raster.render(brush.svg(width, height))
    pixels = _pixels(brush, width, height)
    if not request.transparent:
        pixels = raster.over(pixels, *_backdrop(look))
    return raster.png(spoiled(pixels, request.seed) if off_style else pixels)


def _pixels(brush: Brush, width: int, height: int) -> raster.Pixels:
    if brush.look.is_line_art:
        return _lines(brush, width, height)
    if brush.look.pixel_grid:
        return _cells(brush, width, height)
    return raster.decoded(raster.render(brush.svg(width, height)))


def _lines(brush: Brush, width: int, height: int) -> raster.Pixels:
    look = brush.look
    grid = look.pixel_grid
    line = 1 if grid else max(1, round((look.outline or 0.03) * min(width, height)))
    size = raster.cells(width, height, grid) if grid else (width, height)
    numbered = raster.decoded(raster.render(brush.svg(*size)))
    lines = line_art.inked(numbered, look.palette[0], line)
    return raster.enlarged(lines, width, height)


def _cells(brush: Brush, width: int, height: int) -> raster.Pixels:
    look = brush.look
    size = raster.cells(width, height, look.pixel_grid)
    fine = raster.decoded(raster.render(brush.svg(*raster.supersampled(size))))
    cell = raster.to_cells(fine, size, brush.seen)
    if look.outline:
        line = max(1, round(look.outline * look.pixel_grid))
        cell = raster.outlined(cell, look.ink.hex, line)
    return raster.enlarged(cell, width, height)


def _backdrop(look: Look) -> tuple[Color, Color]:
    base = max(look.palette, key=lambda p: p.lightness) if look.palette else look.ink
    soft = base.toned(0.93 - base.lightness, 0.35)
    return soft, soft.toned(-0.08, 1.5)
