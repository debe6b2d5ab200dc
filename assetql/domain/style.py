"""A style profile: what was learnt from 1 to 10 reference images, with its own gate."""

from dataclasses import dataclass
from datetime import datetime

from assetql.domain.imaging import StyleConditioning

MAX_REFERENCES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleReference:
    """One reference as it was stored; `sha256` of the file's bytes."""

    object_key: str
    sha256: str
    width: int
    height: int
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleGate:
    """Accepts an image whose score reaches `threshold`.

    `auc` and the rates are estimated by leave-one-out on the references against a bank of
    negatives; with one or two references augmentations stand in and `calibrated` is False.
    """

    threshold: float
    auc: float
    false_accept_rate: float
    false_reject_rate: float
    calibrated: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleProfile:
    """`embeddings`: one vector per reference, (d,) float32 each, in the space of `embedder`.

    A deleted profile is kept for the batches and assets that were made with it; its name is free.
    """

    workspace: str
    style_id: str
    name: str
    references: tuple[StyleReference, ...]
    embedder: str
    embeddings: tuple[tuple[float, ...], ...]
    gate: StyleGate
    conditioning: StyleConditioning
    created_by: str
    created_at: datetime
    deleted_at: datetime | None = None
    version: int = 1
