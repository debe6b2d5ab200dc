"""Is an image in style? A score against the references, and a threshold of each profile's own.

Works in the space of any embedder: the cosine to the references is counted in standard deviations
above the bank of negatives, so that scores of different styles and embedders can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from assetql.domain.errors import InvalidInput
from assetql.domain.style import StyleGate

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

ENOUGH = 3  # references that can be calibrated against one another
_UNCALIBRATED_ACCEPTS = 0.1  # of the negatives, where there are too few references
_LOOSE = 0.5  # mean held-out score below which references don't look like one style
_PRIOR_WEIGHT = 4.0  # how many references the negatives' spread counts for


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Scores that a gate is calibrated on: `held_out` of the style, (k,); `others`, (m,)."""

    held_out: Scores
    others: Scores


def score(embedding: Vectors, references: Vectors, negatives: Vectors) -> float:
    """How much more (d,) is like the references (n, d) than other styles (m, d) are.

    0 is an average image of another style; 1 is one standard deviation of those above it.
    """
    return float(scores(embedding[None], references, negatives)[0])


def scores(embeddings: Vectors, references: Vectors, negatives: Vectors) -> Scores:
    """`score` of each row of (k, d), as (k,)."""
    style = _unit(_unit(references).mean(axis=0, keepdims=True))
    others = (_unit(negatives) @ style.T)[:, 0]
    alike = (_unit(embeddings) @ style.T)[:, 0]
    return (alike - others.mean()) / max(float(others.std()), 1e-9)


def calibrate(
    references: Vectors, negatives: Vectors, *, augmented: Sequence[Vectors] | None = None
) -> StyleGate:
    """The gate of a style with references (n, d) against the bank (m, d).

    Three or more references are scored each against the others. With fewer, `augmented` (for each
    reference the vectors of altered copies) stands in, and the gate says so.

    Raises: InvalidInput without references.
    """
    if not len(references):
        raise InvalidInput("A style needs at least 1 reference.", remedy="Attach an image.")
    evidence = gather(references, negatives, augmented=augmented)
    if len(references) < ENOUGH:
        return _uncalibrated(evidence, len(references))
    mean, spread = _positives(evidence)
    threshold = _best_threshold(evidence.others, mean, spread)
    return StyleGate(
        threshold=threshold,
        auc=_expected_auc(evidence.others, mean, spread),
        false_accept_rate=float((evidence.others >= threshold).mean()),
        false_reject_rate=_below(threshold, mean, spread),
        calibrated=True,
        warnings=_disagreements(evidence, threshold),
    )


def gather(
    references: Vectors, negatives: Vectors, *, augmented: Sequence[Vectors] | None = None
) -> Evidence:
    """Each reference against the others, altered copies where given, and the bank against all."""
    count = len(references)
    held_out: list[Scores] = []
    for index in range(count):
        rest = np.delete(references, index, axis=0) if count > 1 else references
        if count > 1:
            held_out.append(scores(references[index : index + 1], rest, negatives))
        if augmented is not None and count < ENOUGH:
            held_out.append(scores(augmented[index], rest, negatives))
    return Evidence(
        held_out=np.concatenate(held_out) if held_out else np.ones(1),
        others=np.sort(scores(negatives, references, negatives)),
    )


def auc(positives: Scores, negatives: Scores) -> float:
    """Chance that a positive scores above a negative; ties count half."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    upto = np.searchsorted(ordered, positives, side="right")
    return float((below + upto).mean() / (2 * len(ordered)))


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    wide = np.asarray(vectors, np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-12)


def _positives(evidence: Evidence) -> tuple[float, float]:
    """Mean and spread to expect of in-style images; few references say little of the spread."""
    count = len(evidence.held_out)
    prior, own = float(evidence.others.var()), float(evidence.held_out.var())
    spread = sqrt((count * own + _PRIOR_WEIGHT * prior) / (count + _PRIOR_WEIGHT))
    return float(evidence.held_out.mean()), max(spread, 1e-6)


def _below(threshold: float, mean: float, spread: float) -> float:
    """Share of a normal distribution below the threshold."""
    return 0.5 * (1 + erf((threshold - mean) / (spread * sqrt(2))))


def _best_threshold(others: Scores, mean: float, spread: float) -> float:
    """The threshold with the least sum of false accepts and false rejects."""
    # Below the median it would let more other styles pass than it keeps out: no gate at all.
    low = float(np.median(others))
    high = max(float(others.max()), mean)
    candidates = np.linspace(low, high, 400)
    accepts = 1 - np.searchsorted(others, candidates, side="left") / len(others)
    rejects = np.array([_below(float(c), mean, spread) for c in candidates])
    return float(candidates[int((accepts + rejects).argmin())])


def _expected_auc(others: Scores, mean: float, spread: float) -> float:
    """Chance that an in-style image scores above a negative."""
    return float(np.mean([1 - _below(float(other), mean, spread) for other in others]))


def _uncalibrated(evidence: Evidence, count: int) -> StyleGate:
    """A cautious gate: a fixed share of the negatives passes, unless altered copies would not."""
    passing = float(np.quantile(evidence.others, 1 - _UNCALIBRATED_ACCEPTS))
    threshold = min(passing, float(evidence.held_out.mean()))
    few = f"Only {count} reference{'s' if count > 1 else ''}: the threshold is a guess. "
    return StyleGate(
        threshold=threshold,
        auc=auc(evidence.held_out, evidence.others),
        false_accept_rate=float((evidence.others >= threshold).mean()),
        false_reject_rate=float((evidence.held_out < threshold).mean()),
        calibrated=False,
        warnings=(f"{few}Attach {ENOUGH} or more to calibrate it.",),
    )


def _disagreements(evidence: Evidence, threshold: float) -> tuple[str, ...]:
    """A warning for each reference that would not pass, or one for all where none stands out."""
    scored = evidence.held_out
    if float(scored.mean()) < _LOOSE:
        return (
            "The references hardly agree with one another: on average they are only "
            f"{scored.mean():.1f} deviations more alike than images of other styles. "
            "Check that they are of one style.",
        )
    return tuple(
        f"Reference {index} of {len(scored)} looks out of place: {value:.1f} against the others, "
        f"below the threshold of {threshold:.1f}. Check or replace it."
        for index, value in enumerate(scored, start=1)
        if value < threshold
    )
