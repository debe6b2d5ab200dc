"""Images that miss the style on purpose, so that the style gate has something to reject."""

from random import Random

import numpy as np

from assetql.domain.imaging import ImageRequest
from inference.backends.placeholder.color import Color
from inference.backends.placeholder.look import Look
from inference.backends.placeholder.raster import Pixels

NOTE = "placeholder: off-style on purpose"
_KINDS = ("pencil", "neon")


def is_off_style(request: ImageRequest, rate: float) -> bool:
    """Whether this request is one of the share `rate`; the same request always is or isn't.

    Another seed, a stronger style or looser guidance makes another image, as with a real model.
    """
    asked = (request.seed, request.prompt, request.style.strength, request.guidance_scale)
    return Random(f"off-style:{asked}").random() < rate


def off_look(seed: int) -> Look:
    """A look that has nothing of the profile's palette, outline or grid."""
    wide = 0.05 if _kind(seed) == "pencil" else 0.065
    return Look(outline=wide, ink=Color(0.25, 0.0, 0.0), softness=1.0)


def spoiled(pixels: Pixels, seed: int) -> Pixels:
    """The finished image as a grey pencil sketch, or inverted to neon, under coarse noise."""
    noise = np.random.default_rng(seed).normal(0, 26, pixels.shape[:2]).astype(np.float32)
    rgb = pixels[..., :3].astype(np.float32)
    if _kind(seed) == "pencil":
        rgb = np.repeat(rgb.mean(axis=2, keepdims=True), 3, axis=2) * 0.7 + 60
    else:
        rgb = 255 - rgb[..., ::-1]
    rgb = np.clip(rgb + noise[..., None], 0, 255)
    return np.dstack([rgb, pixels[..., 3]]).astype(np.uint8)


def _kind(seed: int) -> str:
    return Random(f"off-style-kind:{seed}").choice(_KINDS)
