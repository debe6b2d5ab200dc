"""A segment as one object: the plan that it was merged by, its head, and the embeddings behind.

Its name says where these end, so that each is read alone, and how many documents it has. The name
commits to all of the content: who stores the same again stores the same object, and no two
segments can replace one another.
"""

import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assetql.adapters.aws.index.postings import Postings
from assetql.adapters.aws.index.segment import Segment
from assetql.adapters.search.documents import Documents, Texts
from assetql.domain.errors import StoreUnavailable

_FORMAT = 1
_NAME = re.compile(rf"([0-9a-f]+-){{3}}[0-9a-f]{{32}}\.{_FORMAT}")
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a segment holds the newest versions of, and which segments it makes needless."""

    merged: tuple[str, ...]
    replaced: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """What a segment's name says: how many documents; the lengths of plan and head in bytes."""

    count: int
    plan: int
    head: int

    @property
    def tail(self) -> int:
        """Where the embeddings begin."""
        return self.plan + self.head


def is_segment(name: str) -> bool:
    """Whether it is one of this format."""
    return bool(_NAME.fullmatch(name))


def extent_of(name: str) -> Extent:
    """What the name of a segment says."""
    count, plan, head = name.split("-")[:3]
    return Extent(int(count, 16), int(plan, 16), int(head, 16))


def packed(segment: Segment, tail: bytes, plan: Plan | None = None) -> tuple[str, bytes]:
    """Name and content."""
    first = json.dumps([plan.merged, plan.replaced]).encode() if plan else b""
    head = _head(segment)
    data = b"".join([first, head, tail])
    digest = sha256(data).hexdigest()[:32]
    return f"{len(segment):x}-{len(first):x}-{len(head):x}-{digest}.{_FORMAT}", data


def plan_in(data: bytes) -> Plan:
    """The plan of a merged segment."""
    merged, replaced = json.loads(data)
    return Plan(tuple(merged), tuple(replaced))


def _head(segment: Segment) -> bytes:
    documents, postings = segment.documents, segment.postings
    words = {
        "asset_ids": documents.asset_ids.tolist(),
        "names": {name: texts.names for name, texts in documents.texts.items()},
        "phrases": list(segment.phrases.items()),
        "words": sorted(segment.words),
    }
    arrays: dict[str, Any] = {
        "versions": segment.versions,
        "keys": postings.keys,
        "starts": postings.starts,
        "rows": postings.rows,
        "words": np.frombuffer(json.dumps(words).encode(), np.uint8),
        **{f"array {name}": array for name, array in documents.arrays.items()},
        **{f"codes {name}": texts.codes for name, texts in documents.texts.items()},
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def segment_in(head: bytes, name: str) -> Segment:
    """Raises: StoreUnavailable for what is no head."""
    try:
        with np.load(io.BytesIO(head), allow_pickle=False) as stored:
            arrays = dict(stored)
        return _segment(arrays, json.loads(arrays["words"].tobytes()))
    except _BROKEN as error:
        raise StoreUnavailable(
            f"The search index's segment {name} can't be read: {error}.",
            remedy="Delete it, and index the assets of its workspace again.",
        ) from error


def _segment(arrays: dict[str, NDArray[Any]], words: dict[str, Any]) -> Segment:
    def under(kind: str) -> dict[str, NDArray[Any]]:
        return {
            name.removeprefix(kind): array
            for name, array in arrays.items()
            if name.startswith(kind)
        }

    texts = {name: Texts(words["names"][name], codes) for name, codes in under("codes ").items()}
    return Segment(
        documents=Documents(
            asset_ids=np.array(words["asset_ids"], dtype=object),
            arrays=under("array "),
            texts=texts,
        ),
        versions=arrays["versions"],
        postings=Postings(arrays["keys"], arrays["starts"], arrays["rows"]),
        phrases=dict(words["phrases"]),
        words=frozenset(words["words"]),
    )
