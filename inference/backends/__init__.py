"""Image backends: what turns an `ImageRequest` into a PNG, one folder each."""

from importlib import import_module
from typing import Protocol

from assetql.domain.errors import unknown_choice
from assetql.domain.imaging import ImageRequest, ImageResponse


class ImageBackend(Protocol):
    """An image model. `model_id` and `model_hash` go into every recipe."""

    @property
    def model_id(self) -> str:
        """The model's name, as recipes keep it."""
        ...

    @property
    def model_hash(self) -> str:
        """Hex digest of what draws: weights, or sources and templates."""
        ...

    def generate(self, request: ImageRequest) -> ImageResponse:
        """Make one image; equal requests give equal bytes.

        Raises: InvalidInput where the backend can't take the request.
        """
        ...


# By dotted name, so that a process loads only what draws for it.
BACKENDS: dict[str, str] = {"placeholder": "inference.backends.placeholder.PlaceholderBackend"}


def load_backend(name: str, **options: float) -> ImageBackend:
    """Build the backend called `name`. Raises: InvalidInput naming the nearest one."""
    if name not in BACKENDS:
        raise unknown_choice("image backend", name, sorted(BACKENDS))
    module, _, kind = BACKENDS[name].rpartition(".")
    backend: ImageBackend = getattr(import_module(module), kind)(**options)
    return backend
