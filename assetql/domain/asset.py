"""An asset: one committed image of one (task, run), with the recipe that explains it."""

from dataclasses import dataclass, field
from datetime import datetime

from assetql.domain.imaging import Attribution
from assetql.domain.tags import TagSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Enough to replay an image, and to explain the difference between two."""

    model_id: str
    model_hash: str
    scheduler: str
    num_inference_steps: int
    guidance_scale: float
    seed: int
    prompt_asked: str
    prompt_sent: str
    negative_prompt: str
    style_id: str | None
    style_version: int
    style_strength: float
    attempt: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """READY implies that `object_key` exists. `phash` is 64 bits; `colors` are hex, by share."""

    workspace: str
    asset_id: str
    batch_id: str
    task_id: str
    run: int
    name: str
    description: str
    category: str
    width: int
    height: int
    object_key: str
    thumbnail_key: str
    sha256: str
    size_bytes: int
    created_at: datetime
    recipe: Recipe
    style_score: float | None = None
    style_id: str | None = None
    style_name: str | None = None
    tags: TagSet = field(default_factory=TagSet)
    phash: int = 0
    colors: tuple[str, ...] = ()
    embedding: tuple[float, ...] = ()
    attribution: tuple[Attribution, ...] = ()
    version: int = 1


def asset_id_of(task_id: str, run: int) -> str:
    """One asset per (task, run): the id is derived, so a redelivery makes the same one."""
    return f"ast_{task_id.removeprefix('bat_')}-r{run}"
