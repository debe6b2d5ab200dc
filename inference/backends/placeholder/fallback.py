"""The drawing for what nothing is known about: a crate with the name's initials."""

from dataclasses import replace

from inference.backends.placeholder.color import Color
from inference.backends.placeholder.glyphs import drawing_of
from inference.backends.placeholder.template import Drawing, subjects

_LABEL = Color.parse("#fff3d6")


def crate(initials: str) -> Drawing:
    """A crate labelled with up to two of the letters a to z; a question mark without any."""
    base = subjects()["crate"]
    letters = [c for c in initials if "a" <= c <= "z"][:2] or ["question"]
    width = 52 if len(letters) == 2 else 60
    label = [
        replace(
            part,
            slot="label",
            color=_LABEL,
            flat=True,
            transform=_centred(part.box, 128 + (i - (len(letters) - 1) / 2) * width, 150),
        )
        for i, letter in enumerate(letters)
        for part in drawing_of(letter).parts
    ]
    parts = (*base.parts, *label)
    return replace(base, key="fallback", parts=parts, glyphs=tuple(letters), flip=False)


def _centred(box: tuple[float, float, float, float], x: float, y: float) -> str:
    factor = 66 / 512
    left, top, right, bottom = box
    dx, dy = x - factor * (left + right) / 2, y - factor * (top + bottom) / 2
    return f"translate({dx:.2f} {dy:.2f}) scale({factor:.4f})"
