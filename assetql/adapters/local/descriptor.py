"""The `descriptor` embedder: classical measures under a trained projection; no download."""

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.adapters.local.color_sketch import sketch
from assetql.adapters.local.style_features import measure
from assetql.domain.canvas import fit

DESCRIPTOR = "descriptor-1"
_CLIP = 4.0  # standard deviations; a rare extreme of one measure must not outvote the rest
_COLOR_WEIGHT = 0.7

Vectors = NDArray[np.float32]
Weights = dict[str, Vectors]


class DescriptorEmbedder:
    """Images to (dimensions,) vectors in which images of one style point the same way.

    Two thirds of a vector are how the image is drawn, one third which exact colours it uses.
    """

    name: str = DESCRIPTOR

    def __init__(self) -> None:
        weights = load_weights()
        self.dimensions: int = weights["bank"].shape[1]

    def embed(self, image: Image.Image) -> Vectors:
        """(dimensions,) float32, unit length; an image of any mode and size."""
        weights = load_weights()
        return project(raw(image, weights["frequencies"])[None], weights)[0]

    def negatives(self) -> Vectors:
        """The shipped bank of other styles, (m, dimensions) float32, unit length."""
        return load_weights()["bank"]


def raw(image: Image.Image, frequencies: Vectors) -> Vectors:
    """Measures and colour sketch before any training, (n + 2m,) for (3, m) frequencies."""
    canvas = fit(image)
    return np.concatenate([measure(canvas), sketch(canvas, frequencies)])


def project(rows: Vectors, weights: Weights) -> Vectors:
    """(k, n + 2m) rows of `raw` to (k, dimensions) unit vectors."""
    count = len(weights["mean"])
    standard = np.clip((rows[:, :count] - weights["mean"]) / weights["scale"], -_CLIP, _CLIP)
    drawn = standard @ weights["projection"] - weights["centre"]
    # The constant keeps a style near the middle of all styles from being mere direction noise.
    constant = np.full((len(rows), 1), weights["constant"], np.float32)
    drawn = unit(np.concatenate([drawn, constant], axis=1))
    colored = unit(rows[:, count:] - weights["colors"])
    return unit(np.concatenate([drawn, _COLOR_WEIGHT * colored], axis=1))


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The trained arrays, float32.

    mean, scale: (n,); projection: (n, d); centre: (d,); constant: (); frequencies: (3, m);
    colors: (2m,); bank: (k, d + 1 + 2m).
    """
    path = resources.files("assetql.adapters.local") / "negatives" / f"{DESCRIPTOR}.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
