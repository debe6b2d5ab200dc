"""An asset as a row of the index's table."""

import json
import zlib

from assetql.adapters.codec import micros
from assetql.adapters.local.index.fulltext import terms_text
from assetql.adapters.search.document import color_bins, labels_of, terms_of
from assetql.domain.asset import Asset
from assetql.domain.query_text import fold

TIE_BITS = 21
_SIGN = 1 << 63

Row = dict[str, object]


def first_id(asset: Asset) -> int:
    """The id to try first: less for a newer asset; then 21 bits that rarely collide."""
    tie = zlib.crc32(f"{asset.workspace}\0{asset.asset_id}".encode()) >> (32 - TIE_BITS)
    return _age(micros(asset.created_at)) << TIE_BITS | tie


def least_id_at(created: int) -> int:
    """The least id of a document that was created in the millisecond of `created` (µs)."""
    return _age(created) << TIE_BITS


def _age(created: int) -> int:
    """Milliseconds before the last one that 41 bits count since 1970, in 2039."""
    last = (1 << 41) - 1
    return last - min(max(created // 1000, 0), last)


def row_of(asset: Asset, *, workspace: int, revision: int) -> Row:
    """The columns of `doc`, without the id."""
    return {
        "workspace": workspace,
        "asset_id": asset.asset_id,
        "version": asset.version,
        "revision": revision,
        "created": micros(asset.created_at),
        "category": fold(asset.category),
        "style_id": asset.style_id or "",
        "batch_id": asset.batch_id,
        "width": asset.width,
        "height": asset.height,
        "phash": _signed(asset.phash),
        "dimensions": len(asset.embedding),
        "labels": json.dumps(labels_of(asset)),
        "colors": color_bins(asset.colors).tobytes(),
        "terms": terms_text(workspace, terms_of(asset)),
    }


def _signed(phash: int) -> int:
    """64 unsigned bits as SQLite's signed integer."""
    return phash - (1 << 64) if phash & _SIGN else phash
