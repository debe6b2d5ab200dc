"""The `clip` embedder: open_clip, behind the extra `clip`."""

import hashlib
import pickle
from functools import cached_property
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.errors import InvalidInput, ModelUnavailable

Vectors = NDArray[np.float32]

_CELL = 96  # pixels of one image of the bank's sheet
_OPERATORS: list[Any] = []  # torch drops a library's operators with its last reference


class ClipEmbedder:
    """CLIP's image tower; weights from a file, or freshly initialised without one (for tests).

    Raises: InvalidInput where the extra is missing; ModelUnavailable where weights don't load.
    """

    def __init__(self, model_name: str, weights_path: Path | None = None) -> None:
        self._torch, open_clip = libraries()
        try:
            model, _, prepare = open_clip.create_model_and_transforms(
                model_name, pretrained=str(weights_path) if weights_path else None
            )
        except (RuntimeError, OSError, pickle.UnpicklingError) as error:
            raise ModelUnavailable(
                f"CLIP model {model_name!r} did not load from {weights_path}: {error}",
                remedy="Check that the weights are of that model.",
            ) from error
        self._model: Any = model.eval()
        self._prepare: Any = prepare
        self.name: str = f"clip-{model_name}-{_version(weights_path)}"
        self.dimensions: int = int(model.visual.output_dim)

    def embed(self, image: Image.Image) -> Vectors:
        """(dimensions,) float32, unit length. Singly: CLIP's vectors move with their batch."""
        pixels = self._prepare(_on_white(image)).unsqueeze(0)
        with self._torch.inference_mode():
            vector = self._model.encode_image(pixels)[0].float().numpy()
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)

    def negatives(self) -> Vectors:
        """The shipped images of other styles, embedded at first use: (m, dimensions)."""
        return self._negatives

    @cached_property
    def _negatives(self) -> Vectors:
        return np.stack([self.embed(image) for image in bank_images()])


def _version(weights_path: Path | None) -> str:
    """The start of the weights' sha256: vectors of other weights can't be compared."""
    if weights_path is None:
        return "untrained"
    with weights_path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:8]


def bank_images() -> list[Image.Image]:
    """The images of the bank's sheet, RGBA, row by row."""
    path = resources.files("assetql.adapters.local") / "negatives" / "bank.webp"
    with path.open("rb") as file, Image.open(file) as opened:
        sheet = opened.convert("RGBA")
    return [
        sheet.crop((x, y, x + _CELL, y + _CELL))
        for y in range(0, sheet.height, _CELL)
        for x in range(0, sheet.width, _CELL)
    ]


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def libraries() -> tuple[Any, Any]:
    """Torch and open_clip, imported in the one order that works. Raises: InvalidInput."""
    try:
        torch: Any = import_module("torch")
        if not torch.version.cuda and not _OPERATORS:
            _OPERATORS.append(_stand_ins(torch))
        return torch, import_module("open_clip")
    except ModuleNotFoundError as error:
        raise InvalidInput(
            f"The clip embedder needs {error.name!r}, of the extra 'clip'.",
            remedy="pip install 'assetql[clip]'",
        ) from error


def _stand_ins(torch: Any) -> Any:
    """The torchvision wheel is linked to CUDA: beside a CPU torch it looks for these operators."""
    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library
