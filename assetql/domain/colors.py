"""Colour words that people search and tag with."""

import re

import numpy as np

from assetql.domain.color import oklab
from assetql.domain.errors import InvalidInput

NAMED: dict[str, str] = {
    "red": "#d32f2f",
    "orange": "#f57c00",
    "yellow": "#fbd02d",
    "green": "#388e3c",
    "cyan": "#26c6da",
    "blue": "#1e63d0",
    "purple": "#8e24aa",
    "pink": "#f06fa7",
    "brown": "#795338",
    "black": "#141414",
    "gray": "#8a8a8a",
    "white": "#fafafa",
}
_ALIASES = {"grey": "gray", "violet": "purple", "gold": "yellow", "silver": "gray"}
WORDS = (*NAMED, *_ALIASES)
_HEX = re.compile(r"#[0-9a-f]{6}")


def _rgb(color: str) -> list[float]:
    return [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]


def hex_of_color(word: str) -> str:
    """A colour word or `#rrggbb` as hex. Raises: InvalidInput, which lists the words."""
    color = word.strip().casefold()
    if _HEX.fullmatch(color):
        return color
    named = NAMED.get(_ALIASES.get(color, color))
    if named is None:
        raise InvalidInput(
            f"No colour {word!r}.", remedy=f"Take #rrggbb or one of: {', '.join(NAMED)}."
        )
    return named


def name_of_color(color: str) -> str:
    """The nearest colour word of a hex colour, by distance in OKLab."""
    names = list(NAMED)
    table = oklab(np.array([_rgb(NAMED[name]) for name in names]))
    distances = np.linalg.norm(table - oklab(np.array(_rgb(color))), axis=1)
    return names[int(np.argmin(distances))]
