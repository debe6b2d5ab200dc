"""judge_style: whether an image belongs to a style, by that style's own gate."""

from dataclasses import dataclass

import numpy as np

from assetql.domain.errors import InvalidInput
from assetql.domain.style import StyleProfile
from assetql.domain.style_gate import score
from assetql.ports import Embedder, Vector


@dataclass(frozen=True, slots=True)
class Verdict:
    """`accepted` where the score reaches the profile's threshold."""

    score: float
    threshold: float
    accepted: bool

    @property
    def reason(self) -> str:
        """For people: the score against the threshold."""
        relation = "reaches" if self.accepted else "is below"
        return f"style score {self.score:.3f} {relation} the threshold {self.threshold:.3f}"


def verdict_on(embedding: Vector, profile: StyleProfile, *, embedder: Embedder) -> Verdict:
    """Judges an embedding of shape (d,). Raises: InvalidInput where another embedder learnt it."""
    if profile.embedder != embedder.name:
        raise InvalidInput(
            f"Style {profile.name!r} was learnt with {profile.embedder}, not {embedder.name}.",
            remedy="Set the style again from its references, or set ASSETQL_EMBEDDER back.",
        )
    references = np.asarray(profile.embeddings, dtype=np.float32)
    value = score(embedding, references, embedder.negatives())
    return Verdict(value, profile.gate.threshold, value >= profile.gate.threshold)
