"""What the index keeps of an asset."""

import json
import re
import zlib
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.local.index.terms import terms_of
from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.query_text import fold

TIE_BITS = 21
MAX_COLORS = 8
NO_COLOR = 32768
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = re.compile(r"#?[0-9a-fA-F]{6}")
_SIGN = 1 << 63

Row = dict[str, object]


def microseconds(moment: datetime) -> int:
    """Since 1970, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def first_id(asset: Asset) -> int:
    """The id to try first: less for a newer asset; then 21 bits that rarely collide."""
    tie = zlib.crc32(f"{asset.workspace}\0{asset.asset_id}".encode()) >> (32 - TIE_BITS)
    return _age(microseconds(asset.created_at)) << TIE_BITS | tie


def least_id_at(created: int) -> int:
    """The least id of a document that was created in the millisecond of `created` (µs)."""
    return _age(created) << TIE_BITS


def _age(created: int) -> int:
    """Milliseconds before the last one that 41 bits count since 1970, in 2039."""
    last = (1 << 41) - 1
    return last - min(max(created // 1000, 0), last)


def color_rgb(color: str) -> NDArray[np.int64]:
    """(3,): the channels of `#rrggbb`, 0..255. Raises: InvalidInput."""
    if not _HEX.fullmatch(color):
        raise InvalidInput(f"{color!r} is no colour.", remedy="Write it as #rrggbb.")
    return np.frombuffer(bytes.fromhex(color[-6:]), dtype=np.uint8).astype(np.int64)


def color_bin(color: str) -> int:
    """The bin of `#rrggbb` among 32,768: five bits of each channel."""
    red, green, blue = (color_rgb(color) >> 3).tolist()
    return red << 10 | green << 5 | blue


def color_bins(colors: tuple[str, ...]) -> NDArray[np.uint16]:
    """(8,) uint16: the bins of the largest colours, padded."""
    bins = np.full(MAX_COLORS, NO_COLOR, dtype=np.uint16)
    known = [color_bin(color) for color in colors[:MAX_COLORS]]
    bins[: len(known)] = known
    return bins


def signed(phash: int) -> int:
    """64 unsigned bits as SQLite's signed integer."""
    return phash - (1 << 64) if phash & _SIGN else phash


def row_of(asset: Asset, *, workspace: int, revision: int) -> Row:
    """The columns of `doc`, without the id."""
    tags = asset.tags.names
    prompt = asset.recipe.prompt_asked
    body = asset.description if prompt == asset.description else f"{asset.description} {prompt}"
    return {
        "workspace": workspace,
        "asset_id": asset.asset_id,
        "version": asset.version,
        "revision": revision,
        "created": microseconds(asset.created_at),
        "category": fold(asset.category),
        "style_id": asset.style_id or "",
        "batch_id": asset.batch_id,
        "width": asset.width,
        "height": asset.height,
        "phash": signed(asset.phash),
        "dimensions": len(asset.embedding),
        "labels": json.dumps(list(dict.fromkeys(fold(tag) for tag in tags))),
        "colors": color_bins(asset.colors).tobytes(),
        "terms": terms_of(workspace, asset.name, tags, body),
    }
