"""The gate on the real style sets: a smaller draw of what benchmarks/style_gate.py measures."""

import numpy as np
import pytest

from assetql.adapters.local.descriptor import DescriptorEmbedder
from benchmarks.style_gate import STYLES, Spaces, embed_sets, judge


@pytest.fixture(scope="module")
def spaces() -> Spaces:
    return embed_sets(STYLES, limit=20)


def test_unseen_styles_are_told_apart_by_five_references(spaces: Spaces) -> None:
    rows = [judge(spaces, style, draws=4) for style in spaces.descriptor]
    assert len(rows) == 5
    assert np.mean([row.auc for row in rows]) > 0.78


def test_the_bank_holds_no_image_of_the_style_sets(spaces: Spaces) -> None:
    bank = DescriptorEmbedder().negatives()
    nearest = [float((vectors @ bank.T).max()) for vectors in spaces.descriptor.values()]
    assert max(nearest) < 0.995
