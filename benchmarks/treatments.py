"""Pseudo-styles for training: one treatment, applied alike to many images of a set."""

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageFilter, ImageOps

Treatment = Callable[[Image.Image, float, float], Image.Image]
SIDE = 256


def _with_alpha(image: Image.Image, alpha: Image.Image) -> Image.Image:
    image = image.convert("RGB")
    image.putalpha(alpha)
    return image


def _hsv(channel: int, curve: Callable[[int, float], float]) -> Treatment:
    def treat(image: Image.Image, a: float, _b: float) -> Image.Image:
        planes = list(image.convert("RGB").convert("HSV").split())
        table = [max(0, min(255, int(curve(level, a)))) for level in range(256)]
        planes[channel] = planes[channel].point(table)
        return _with_alpha(Image.merge("HSV", planes), image.getchannel("A"))

    return treat


def _outline(image: Image.Image, a: float, b: float) -> Image.Image:
    grown = image.getchannel("A").filter(ImageFilter.MaxFilter(3 + 2 * int(a * 6)))
    color = (255, 255, 255) if b > 0.8 else (int(60 * b), int(40 * a), int(60 * (1 - b)))
    under = _with_alpha(Image.new("RGB", image.size, color), grown.filter(ImageFilter.SMOOTH))
    under.alpha_composite(image)
    return under


def _posterise(image: Image.Image, a: float, _b: float) -> Image.Image:
    coarse = ImageOps.posterize(image.convert("RGB"), 2 + int(a * 2))
    return _with_alpha(coarse, image.getchannel("A"))


def _flatten(image: Image.Image, a: float, _b: float) -> Image.Image:
    few = image.convert("RGB").quantize(4 + int(a * 8))
    return _with_alpha(few.convert("RGB"), image.getchannel("A"))


def _pixelate(image: Image.Image, a: float, _b: float) -> Image.Image:
    cells = (16, 24, 32, 48, 64)[int(a * 5)]
    small = image.convert("RGBa").resize((cells, cells), Image.Resampling.BOX).convert("RGBA")
    small.putalpha(small.getchannel("A").point([0] * 128 + [255] * 128))
    return small.resize(image.size, Image.Resampling.NEAREST)


def _shrink(image: Image.Image, a: float, _b: float) -> Image.Image:
    side = int(SIDE * (0.6 + 0.35 * a))
    small = image.resize((side, side), Image.Resampling.LANCZOS)
    framed = Image.new("RGBA", image.size)
    framed.paste(small, ((SIDE - side) // 2, (SIDE - side) // 2))
    return framed


def _soften(image: Image.Image, a: float, _b: float) -> Image.Image:
    return image.convert("RGBa").filter(ImageFilter.GaussianBlur(0.5 + 1.5 * a)).convert("RGBA")


def _shade(image: Image.Image, a: float, b: float) -> Image.Image:
    ramp = Image.linear_gradient("L")
    ramp = ramp.rotate(90) if b > 0.6 else ramp
    ramp = ImageOps.invert(ramp) if a > 0.5 else ramp
    ramp = ramp.point([150 + int(level * 0.4) for level in range(256)])
    shaded = ImageChops.multiply(image.convert("RGB"), Image.merge("RGB", (ramp, ramp, ramp)))
    return _with_alpha(shaded, image.getchannel("A"))


TREATMENTS: dict[str, Treatment] = {
    "hue": _hsv(0, lambda level, a: (level + int(a * 255)) % 256),
    "saturation": _hsv(1, lambda level, a: level * (0.3 + 1.2 * a)),
    "light": _hsv(2, lambda level, a: 255 * (level / 255) ** (0.5 + 1.2 * a)),
    "outline": _outline,
    "posterise": _posterise,
    "pixelate": _pixelate,
    "shrink": _shrink,
    "soften": _soften,
    "shade": _shade,
    "flatten": _flatten,
}


def pseudo_style(seed: str) -> Callable[[Image.Image], Image.Image]:
    """One to three treatments with fixed settings, drawn by the seed."""
    rng = random.Random(seed)
    names = rng.sample(sorted(TREATMENTS), rng.choice((1, 2, 2, 3)))
    steps = [(TREATMENTS[name], rng.random(), rng.random()) for name in names]

    def treat(image: Image.Image) -> Image.Image:
        for step, a, b in steps:
            image = step(image, a, b)
        return image

    return treat
