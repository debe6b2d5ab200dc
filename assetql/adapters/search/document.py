"""What an index keeps of an asset."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.search.terms import Text, texts_of
from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.query_text import fold, words

MAX_COLORS = 8
NO_COLOR = 32768
_HEX = re.compile(r"#?[0-9a-fA-F]{6}")


def terms_of(asset: Asset) -> list[Text]:
    """The terms of name, tags, description and prompt."""
    prompt = asset.recipe.prompt_asked
    body = asset.description if prompt == asset.description else f"{asset.description} {prompt}"
    return texts_of(asset.name, asset.tags.names, body)


def labels_of(asset: Asset) -> list[str]:
    """Its tags, as they are compared."""
    return list(dict.fromkeys(fold(tag) for tag in asset.tags.names))


def suggestions_of(asset: Asset) -> set[str]:
    """The words of its name and tags, which misspelt words may have meant."""
    return {word for text in (asset.name, *asset.tags.names) for word in words(text)}


def color_rgb(color: str) -> NDArray[np.int64]:
    """(3,): the channels of `#rrggbb`, 0..255. Raises: InvalidInput."""
    if not _HEX.fullmatch(color):
        raise InvalidInput(f"{color!r} is no colour.", remedy="Write it as #rrggbb.")
    return np.frombuffer(bytes.fromhex(color[-6:]), dtype=np.uint8).astype(np.int64)


def color_bin(color: str) -> int:
    """The bin of `#rrggbb` among 32,768: five bits of each channel."""
    red, green, blue = (color_rgb(color) >> 3).tolist()
    return red << 10 | green << 5 | blue


def color_bins(colors: Sequence[str]) -> NDArray[np.uint16]:
    """(8,) uint16: the bins of the largest colours, padded."""
    bins = np.full(MAX_COLORS, NO_COLOR, dtype=np.uint16)
    known = [color_bin(color) for color in colors[:MAX_COLORS]]
    bins[: len(known)] = known
    return bins
