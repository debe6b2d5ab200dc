"""JSON that strangers send: how much of it is looked at."""

from collections.abc import Sequence
from typing import cast

MOST_VALUES = 20_000  # a batch of 500 rows has 3,500; each one too many costs a complaint
MOST_BYTES = 8 * 2**20  # 500 rows with every letter escaped


def has_too_many_values(document: object) -> bool:
    """Whether lists and objects, at any depth, hold more than is judged; it looks no further."""
    left, seen = [document], 0
    while left and seen <= MOST_VALUES:
        value = left.pop()
        if isinstance(value, dict):
            value = list(cast("dict[str, object]", value).values())
        if isinstance(value, list):
            held = cast("Sequence[object]", value)
            seen += len(held)
            left += held[: MOST_VALUES + 1]
    return seen > MOST_VALUES
