"""The style gate's maths, on made-up vectors whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assetql.domain.errors import InvalidInput
from assetql.domain.style_gate import auc, calibrate, score, scores

DIMENSIONS = 24
Vectors = NDArray[np.float32]


def cloud(seed: int, count: int, *, pull: float, towards: int = 0) -> Vectors:
    """Unit vectors around one axis; the larger `pull`, the tighter."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, DIMENSIONS))
    vectors[:, towards] += pull
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


NEGATIVES = cloud(0, 200, pull=0.0)


@pytest.mark.parametrize("pull", [4.0, 8.0])
def test_expected_rates_are_near_the_measured_ones(pull: float) -> None:
    expected: list[tuple[float, float]] = []
    measured: list[tuple[float, float]] = []
    for seed in range(20):
        style = cloud(100 + seed, 205, pull=pull)
        gate = calibrate(style[:5], NEGATIVES)
        good = scores(style[5:], style[:5], NEGATIVES)
        bad = scores(cloud(900 + seed, 200, pull=0.0), style[:5], NEGATIVES)
        expected.append((gate.false_accept_rate, gate.false_reject_rate))
        measured.append(((bad >= gate.threshold).mean(), (good < gate.threshold).mean()))
    assert np.abs(np.mean(expected, axis=0) - np.mean(measured, axis=0)).max() < 0.08


def test_a_tight_style_has_a_higher_auc_than_a_loose_one() -> None:
    tight = calibrate(cloud(1, 5, pull=9.0), NEGATIVES)
    loose = calibrate(cloud(1, 5, pull=2.0), NEGATIVES)
    assert tight.auc > 0.98 > loose.auc
    assert tight.calibrated
    assert tight.warnings == ()


def test_the_reference_that_does_not_fit_is_named() -> None:
    references = cloud(2, 5, pull=9.0)
    references[3] = cloud(3, 1, pull=9.0, towards=5)[0]
    (warning,) = calibrate(references, NEGATIVES).warnings
    assert "Reference 4 of 5" in warning


def test_references_of_no_common_style_are_called_so() -> None:
    strangers = np.eye(DIMENSIONS, dtype=np.float32)[:5]
    (warning,) = calibrate(strangers, NEGATIVES).warnings
    assert "hardly agree" in warning


@pytest.mark.parametrize("count", [1, 2])
def test_few_references_are_not_calibrated_and_say_so(count: int) -> None:
    references = cloud(4, count, pull=8.0)
    copies = [cloud(5 + index, 4, pull=8.0) for index in range(count)]
    gate = calibrate(references, NEGATIVES, augmented=copies)
    assert not gate.calibrated
    assert "Attach 3 or more" in gate.warnings[0]
    assert gate.false_accept_rate <= 0.11
    assert score(copies[0][0], references, NEGATIVES) > gate.threshold


def test_one_reference_without_copies_still_accepts_itself() -> None:
    reference = cloud(6, 1, pull=8.0)
    gate = calibrate(reference, NEGATIVES)
    assert score(reference[0], reference, NEGATIVES) > gate.threshold


def test_no_references_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 1"):
        calibrate(np.zeros((0, DIMENSIONS), np.float32), NEGATIVES)


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == 0.875


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), count=st.integers(1, 10), pull=st.floats(0, 10))
def test_a_gate_is_sane_whatever_the_references(seed: int, count: int, pull: float) -> None:
    references = cloud(seed, count, pull=pull)
    gate = calibrate(references, NEGATIVES)
    assert np.isfinite(gate.threshold)
    assert all(0 <= v <= 1 for v in (gate.auc, gate.false_accept_rate, gate.false_reject_rate))
    assert gate == calibrate(references, NEGATIVES)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_the_order_of_references_does_not_matter(seed: int) -> None:
    references = cloud(seed, 5, pull=4.0)
    order = np.random.default_rng(seed).permutation(5)
    ours, theirs = calibrate(references, NEGATIVES), calibrate(references[order], NEGATIVES)
    assert ours.threshold == pytest.approx(theirs.threshold, abs=0.05)
