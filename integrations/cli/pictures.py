"""Pictures in a terminal: thumbnails drawn with half blocks, where it has true colour."""

import io
from collections.abc import Sequence

from PIL import Image
from rich.console import Console
from rich.text import Text

_CELLS = 12  # columns of one thumbnail; each holds two pixels, one above the other
_GAP = "  "
_BACKGROUND = (24, 26, 31)


def can_draw(console: Console) -> bool:
    """Whether thumbnails would be seen as such."""
    return console.is_terminal and console.color_system == "truecolor"


def thumbnail_strip(thumbnails: Sequence[bytes], console: Console) -> Text:
    """As many thumbnails side by side as fit the terminal's width."""
    fitting = max(1, (console.width + len(_GAP)) // (_CELLS + len(_GAP)))
    pictures = [_small(data) for data in thumbnails[:fitting]]
    strip = Text()
    for row in range(0, _CELLS, 2):
        for picture in pictures:
            for column in range(_CELLS):
                upper, lower = (_rgb(picture, column, row + half) for half in (0, 1))
                strip.append("▀", style=f"{upper} on {lower}")
            strip.append(_GAP)
        strip.append("\n")
    return strip


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        rgba = image.convert("RGBA")
    rgba.thumbnail((_CELLS, _CELLS), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (_CELLS, _CELLS), _BACKGROUND)
    offset = ((_CELLS - rgba.width) // 2, (_CELLS - rgba.height) // 2)
    canvas.paste(rgba, offset, rgba)
    return canvas


def _rgb(picture: Image.Image, column: int, row: int) -> str:
    pixel = picture.getpixel((column, row))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
