"""What can be asked of the index, and what it answers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """All given conditions must hold. `color` is hex; sizes in pixels.

    `embedding` (an image's, in the index's space) orders by likeness; `near_phash` keeps
    near-duplicates only (Hamming distance of at most 6 of 64 bits).
    """

    text: str = ""
    tags: tuple[str, ...] = ()
    untagged: bool = False
    category: str | None = None
    style_id: str | None = None
    batch_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_side: int | None = None
    max_side: int | None = None
    color: str | None = None
    embedding: tuple[float, ...] | None = None
    near_phash: int | None = None
    exclude: tuple[str, ...] = ()  # asset ids
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """An asset that matched; a higher score is better and only comparable within one answer."""

    asset_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """One page of hits. `total` counts all that match, where the index knows it cheaply."""

    hits: tuple[Hit, ...]
    cursor: str | None = None
    total: int | None = None
    alternatives: tuple[str, ...] = ()  # for an empty answer: queries that would find something
