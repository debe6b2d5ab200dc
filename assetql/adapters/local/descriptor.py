"""The `descriptor` embedder: classical measures under a trained projection; no download."""

from functools import cached_property, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.adapters.local.style_features import measure

DESCRIPTOR = "descriptor-1"
_CLIP = 4.0  # standard deviations; a rare extreme of one measure must not outvote the rest


class DescriptorEmbedder:
    """Images to (dimensions,) vectors in which images of one style point the same way."""

    name = DESCRIPTOR

    @cached_property
    def _weights(self) -> dict[str, NDArray[np.float32]]:
        return _load()

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._weights["projection"].shape[1]

    def embed(self, image: Image.Image) -> NDArray[np.float32]:
        """(dimensions,) float32, unit length; an image of any mode and size."""
        return project(measure(image)[None], self._weights)[0]

    def negatives(self) -> NDArray[np.float32]:
        """The shipped bank of other styles, (m, dimensions) float32, unit length."""
        return self._weights["bank"]


def project(
    measures: NDArray[np.float32], weights: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """(k, n) measures to (k, dimensions) unit vectors."""
    standard = np.clip((measures - weights["mean"]) / weights["scale"], -_CLIP, _CLIP)
    vectors = standard @ weights["projection"] - weights["centre"]
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


@lru_cache(maxsize=1)
def _load() -> dict[str, NDArray[np.float32]]:
    """The trained arrays: mean, scale (n,), projection (n, d), centre (d,), bank (m, d)."""
    path = resources.files("assetql.adapters.local") / "negatives" / f"{DESCRIPTOR}.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
