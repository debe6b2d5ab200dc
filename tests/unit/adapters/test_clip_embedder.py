"""The clip embedder with a tiny model that is made here; nothing is downloaded."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assetql.adapters.local.clip import ClipEmbedder, bank_images, libraries
from assetql.domain.errors import ModelUnavailable

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
}


pytestmark = pytest.mark.skipif(
    find_spec("open_clip") is None, reason="the extra 'clip' (open_clip) is not installed"
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    _, open_clip = libraries()
    folder = tmp_path_factory.mktemp("clip")
    (folder / "tiny-assetql.json").write_text(json.dumps(TINY))
    open_clip.add_model_config(folder)
    return "tiny-assetql"


def test_vectors_are_unit_and_repeat(tiny: str) -> None:
    embedder = ClipEmbedder(tiny)
    image = bank_images()[0]
    vector = embedder.embed(image)
    assert vector.shape == (embedder.dimensions,) == (16,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(vector, embedder.embed(image))


def test_the_bank_is_embedded_in_its_own_space(tiny: str) -> None:
    bank = ClipEmbedder(tiny).negatives()
    assert bank.shape == (len(bank_images()), 16)
    assert len(bank) > 90


def test_weights_are_loaded_and_named(tiny: str, tmp_path: Path) -> None:
    torch, open_clip = libraries()
    path = tmp_path / "weights.pt"
    torch.save(open_clip.create_model(tiny).state_dict(), path)
    one, other = ClipEmbedder(tiny, path), ClipEmbedder(tiny, path)
    image = bank_images()[0]
    assert np.array_equal(one.embed(image), other.embed(image))
    assert one.name.startswith("clip-tiny-assetql-")
    assert one.name != ClipEmbedder(tiny).name


def test_a_file_that_is_no_model_is_named(tiny: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match=r"broken\.pt"):
        ClipEmbedder(tiny, path)
