"""The models: images, style embeddings, tags, prompts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.imaging import ImageRequest, ImageResponse

Vector = NDArray[np.float32]


class ImageModel(Protocol):
    """Makes one image. Raises: ModelUnavailable for faults."""

    def generate(self, request: ImageRequest) -> ImageResponse: ...


class Embedder(Protocol):
    """Images to vectors of one style space; `name` carries the version."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, image: Image.Image) -> Vector:
        """(dimensions,) float32, unit length."""
        ...

    def negatives(self) -> Vector:
        """The bank of other styles: (m, dimensions) float32."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggingRequest:
    """What a tagger sees: a thumbnail and the texts that asked for the image."""

    thumbnail: bytes
    name: str
    description: str
    category: str


class Tagger(Protocol):
    """Answers in text, which is then parsed strictly; `name` carries the version."""

    @property
    def name(self) -> str: ...

    def answers(
        self, requests: Sequence[TaggingRequest], vocabulary: Sequence[str]
    ) -> Sequence[str]:
        """JSON `{"tags": [{"name", "confidence"}]}` for each request, in order, if it behaves.

        Raises: ModelUnavailable for faults.
        """
        ...


class PromptOptimiser(Protocol):
    """Rewrites a prompt for the image model. Raises: ModelUnavailable for faults."""

    def optimise(self, prompt: str, *, style_name: str | None) -> str: ...
