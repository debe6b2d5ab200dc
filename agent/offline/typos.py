"""Spelling of the words that steer the planner; all others are left as they are."""

import re
from functools import lru_cache

from agent.offline.words import REAL_WORDS, STEERING

_WORD = re.compile(r"[A-Za-z]{5,14}")


def corrected(text: str) -> str:
    """The text with slips in steering words undone."""
    return _WORD.sub(lambda m: _correct(m[0].casefold()) or m[0], text)


@lru_cache(maxsize=4096)
def _correct(word: str) -> str | None:
    if word in REAL_WORDS or word in STEERING:
        return None
    return next((known for known in STEERING if _one_slip(word, known)), None)


def _one_slip(typed: str, known: str) -> bool:
    """Two letters swapped, one missing or doubled or too much; one wrong in a long word."""
    if typed[0] != known[0] or abs(len(typed) - len(known)) > 1:
        return False
    if len(typed) == len(known):
        wrong = [i for i, (a, b) in enumerate(zip(typed, known, strict=True)) if a != b]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return typed[wrong[0]] == known[wrong[1]] and typed[wrong[1]] == known[wrong[0]]
        return len(wrong) == 1 and len(known) >= 7
    short, long = sorted((typed, known), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
