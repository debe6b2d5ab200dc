"""An image laid out for measuring: fitted into one square, in OKLab, with its silhouette."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.color import oklab

SIDE = 256  # pixels; every image is fitted into this square before it is measured

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Canvas:
    """One image in a SIDE×SIDE square: `rgb` in 0..1, `alpha` in 0..1, `lab` in OKLab."""

    rgb: Floats  # (SIDE, SIDE, 3)
    alpha: Floats  # (SIDE, SIDE)
    lab: Floats  # (SIDE, SIDE, 3)

    @cached_property
    def inside(self) -> Mask:
        """Pixels that belong to the subject."""
        mask = self.alpha > 0.5
        return mask if mask.any() else np.ones_like(mask)

    @cached_property
    def over_grey(self) -> Floats:
        """Lightness and the two opponent channels over mid-grey, (3, SIDE, SIDE)."""
        grey: Floats = np.array([0.6, 0.0, 0.0], np.float32)
        mixed = grey + (self.lab - grey) * self.alpha[..., None]
        return np.ascontiguousarray(mixed.transpose(2, 0, 1), dtype=np.float32)

    @cached_property
    def depth(self) -> NDArray[np.uint8]:
        """How many erosions a subject's pixel survives, up to 24."""
        return erosion_depth(self.inside, 24)

    @cached_property
    def slope(self) -> tuple[Floats, Floats]:
        """Horizontal and vertical central differences of lightness over grey."""
        return slopes(self.over_grey[0])

    @cached_property
    def halved(self) -> tuple[Floats, Mask]:
        """`over_grey` and `inside` at half the size, (3, SIDE/2, SIDE/2): for costly windows."""
        planes = self.over_grey.reshape(3, SIDE // 2, 2, SIDE // 2, 2).mean(axis=(2, 4))
        inside = self.inside.reshape(SIDE // 2, 2, SIDE // 2, 2).sum(axis=(1, 3)) >= 2
        return planes, inside if inside.any() else np.ones_like(inside)

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """Colours quantised to 5 bits a channel, as one number per pixel."""
        level = (self.rgb * 31.99).astype(np.int32)
        return (level[..., 0] << 10) | (level[..., 1] << 5) | level[..., 2]


def fit(image: Image.Image) -> Canvas:
    """Fit an image of any mode and size into the square; a plain backdrop counts as clear."""
    image = image.convert("RGBA")
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if size != image.size:
        # Premultiplied, so that the colour of clear pixels does not bleed into the rim.
        image = image.convert("RGBa").resize(size, Image.Resampling.BOX).convert("RGBA")
    if size != (SIDE, SIDE):
        square = Image.new("RGBA", (SIDE, SIDE))
        square.paste(image, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
        image = square
    pixels = np.asarray(image, np.float32) / 255.0
    rgb, alpha = np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3])
    lab = oklab(rgb)
    return Canvas(rgb=rgb, alpha=_without_backdrop(lab, alpha), lab=lab)


def _without_backdrop(lab: Floats, alpha: Floats) -> Floats:
    """Clear the backdrop of an opaque image whose whole border is one colour."""
    if alpha.min() < 0.98:
        return alpha
    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    backdrop = np.median(border, axis=0)
    if np.abs(border - backdrop).max() > 0.04:
        return alpha
    away = np.abs(lab - backdrop).max(axis=2)
    cleared = np.clip((away - 0.02) / 0.04, 0.0, 1.0).astype(np.float32)
    return cleared if cleared.mean() > 0.01 else alpha


def slopes(plane: Floats) -> tuple[Floats, Floats]:
    """Horizontal and vertical central differences of a plane, edges repeated."""
    wide = np.pad(plane, 1, mode="edge")
    return wide[1:-1, 2:] - wide[1:-1, :-2], wide[2:, 1:-1] - wide[:-2, 1:-1]


def erosion_depth(mask: Mask, limit: int) -> NDArray[np.uint8]:
    """Count for each pixel how often it survives eroding by a diamond and a square in turn."""
    depth = np.zeros(mask.shape, np.uint8)
    core = np.pad(mask, 1)
    for step in range(limit):
        kept = core.copy()
        kept[1:-1, 1:-1] &= core[:-2, 1:-1] & core[2:, 1:-1] & core[1:-1, :-2] & core[1:-1, 2:]
        if step % 2:
            kept[1:-1, 1:-1] &= core[:-2, :-2] & core[2:, 2:] & core[2:, :-2] & core[:-2, 2:]
        depth += core[1:-1, 1:-1]
        core = kept
        if not core.any():
            break
    return depth
