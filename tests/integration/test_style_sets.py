"""The gate on the real style sets: a smaller draw of what benchmarks/style_gate.py measures."""

import numpy as np

from assetql.adapters.local.descriptor import DescriptorEmbedder
from benchmarks.style_gate import STYLES, embed_sets, judge


def test_unseen_styles_are_told_apart_by_five_references() -> None:
    spaces = embed_sets(STYLES, limit=24)
    rows = [judge(spaces, style, draws=4) for style in spaces.descriptor]
    assert len(rows) == 5
    assert np.mean([row.auc for row in rows]) > 0.78


def test_the_bank_holds_no_image_of_the_style_sets() -> None:
    spaces = embed_sets(STYLES, limit=8)
    bank = DescriptorEmbedder().negatives()
    nearest = [float((vectors @ bank.T).max()) for vectors in spaces.descriptor.values()]
    assert max(nearest) < 0.995
