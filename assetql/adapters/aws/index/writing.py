"""Assets as a new segment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.aws.index.layout import packed
from assetql.adapters.aws.index.postings import postings_of
from assetql.adapters.aws.index.segment import Segment, wrapped
from assetql.adapters.aws.index.tails import tail_of, tail_with
from assetql.adapters.codec import micros
from assetql.adapters.search.document import (
    color_bins,
    labels_of,
    suggestions_of,
    terms_of,
)
from assetql.adapters.search.documents import Documents, one_each, several_each
from assetql.adapters.search.terms import Text
from assetql.domain.asset import Asset
from assetql.domain.query_text import fold

_FIRST_WITHOUT_SPACES = 0x3005  # the first character of those that are terms of their own


def written(assets: Sequence[Asset]) -> tuple[str, bytes]:
    """Name and content of the segment; of each asset there is one version."""
    segment = _segment_of(assets)
    matrices = [
        np.array([each.embedding for each in assets if len(each.embedding) == size], np.float32)
        for size in tail_of(segment.documents.arrays["dimensions"]).blocks
    ]
    return packed(segment, tail_with(matrices))


def _segment_of(assets: Sequence[Asset]) -> Segment:
    texts = [terms_of(asset) for asset in assets]
    phrases = {row: _joined_texts(mine) for row, mine in enumerate(texts)}
    return Segment(
        documents=_documents_of(assets),
        versions=np.array([asset.version for asset in assets], np.int64),
        postings=postings_of(texts),
        phrases={row: text for row, text in phrases.items() if text},
        words=frozenset().union(*map(suggestions_of, assets)),
    )


def _documents_of(assets: Sequence[Asset]) -> Documents:
    def numbers(values: Sequence[int], kind: type[np.generic] = np.int32) -> NDArray[np.generic]:
        return np.array(values, dtype=kind)

    return Documents(
        asset_ids=np.array([asset.asset_id for asset in assets], dtype=object),
        arrays={
            "created": numbers([micros(asset.created_at) for asset in assets], np.int64),
            "width": numbers([asset.width for asset in assets]),
            "height": numbers([asset.height for asset in assets]),
            "phash": numbers([asset.phash for asset in assets], np.uint64),
            "dimensions": numbers([len(asset.embedding) for asset in assets]),
            "colors": np.stack([color_bins(asset.colors) for asset in assets], axis=-1),
        },
        texts={
            "category": one_each([fold(asset.category) for asset in assets]),
            "style_id": one_each([asset.style_id or "" for asset in assets]),
            "batch_id": one_each([asset.batch_id for asset in assets]),
            "tags": several_each([labels_of(asset) for asset in assets]),
        },
    )


def _joined_texts(texts: Sequence[Text]) -> str:
    return "".join(wrapped(text) for text in texts if _may_hold_a_phrase(text))


def _may_hold_a_phrase(text: Text) -> bool:
    """Whether it has two terms of such a character, maybe marked."""
    alone = (len(term) <= 2 and ord(term[-1]) >= _FIRST_WITHOUT_SPACES for term in text)
    return sum(alone) > 1
