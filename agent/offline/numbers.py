"""Numbers that people write in words, as digits."""

import re

from agent.offline.words import PAIRED, TENS, UNITS

_UNITS = {word: number for number, word in enumerate(UNITS)}
_TENS = {word: 10 * number for number, word in enumerate(TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000}
_WORD = "|".join(sorted({*_UNITS, *_TENS, *_SCALES} - {"one", "zero"}, key=len, reverse=True))
_RUN = re.compile(
    rf"\b(?:(?:a|one)[ -](?=hundred|thousand))?(?:{_WORD})(?:[ -](?:and[ -](?=\w+\b))?"
    rf"(?:{_WORD}|one)\b)*(?![-\w])",
    re.IGNORECASE,
)
_SCALED = re.compile(r"\b(\d+)\s+(hundred|thousand)\b|\b(\d+)k\b(?=\s+[a-z])", re.IGNORECASE)
_GROUPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), to)
    for pattern, to in (
        (r"\bhalf a dozen(?: of)?\b", "6"),
        (r"\b(?:a|one) dozen(?: of)?\b", "12"),
        (r"\b(\d+) dozen\b", "dozens:\\1"),
        (r"\bdozen\b", "12"),
        (
            rf"\ba pair of (?!(?:\w+ )?(?:{'|'.join(PAIRED)})\b|(?:them|those|these|the|failed)\b)",
            "2 ",
        ),
        (r"\ba couple(?: of)?(?! (?:them|those|these|the|failed)\b)(?= \w)", "2"),
        (r"\b(?:once|one)(?= (?:each|apiece|of each)\b)", "1"),
        (r"(?<=\d),(?=\d{3}\b)", ""),
    )
)
_DOZENS = re.compile(r"dozens:(\d+)")


def digits(text: str) -> str:
    """The text with number words as digits; a lone "one" stays a word."""
    text = _RUN.sub(lambda m: str(_value(m[0])), text)
    for pattern, to in _GROUPS:
        text = pattern.sub(to, text)
    text = _SCALED.sub(_scaled, text)
    return _DOZENS.sub(lambda m: str(12 * int(m[1])), text)


def _scaled(found: re.Match[str]) -> str:
    if found[3]:
        return str(int(found[3]) * 1000)
    return str(int(found[1]) * _SCALES[found[2].casefold()])


def _value(run: str) -> int:
    total = current = 0
    for word in re.split(r"[ -]", run.casefold()):
        if word in _SCALES:
            current = max(1, current) * _SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        elif word == "a":
            current = 1
        else:
            current += _UNITS.get(word, _TENS.get(word, 0))
    return total + current
