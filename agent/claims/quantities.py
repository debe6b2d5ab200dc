"""Numbers in prose: digits, words, dozens, "hundreds of". Pure."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

_ONES = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
SMALL = (
    {word: n for n, word in enumerate(_ONES)}
    | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
    | {"couple": 2, "pair": 2, "twice": 2}
)
SCALES = {
    "dozen": 12,
    "score": 20,
    "hundred": 100,
    "k": 1_000,
    "thousand": 1_000,
    "grand": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
}
VAGUE = {
    "tens": (20, 99),
    "dozens": (24, 499),
    "scores": (40, 499),
    "hundreds": (200, 9_999),
    "thousands": (2_000, 999_999),
    "millions": (1_000_000, 10**12),
}

NUMBER_WORDS = tuple({*SMALL, *SCALES, *VAGUE} - {"one"})
_AFTER_A = {"dozen", "hundred", "thousand", "million", "score", "couple", "pair"}

# Digits that count nothing: ids, links, paths, sizes, times, dates, colours, ordinals, list marks.
_UNITS = (
    r"px|pixels?|dpi|[kmg]i?b|bytes?|ms|s(?!\s+of)|secs?|seconds?|min|mins|minutes?|hours?|days?|weeks?"
    r"|months?|years?|times|x|×|attempts?|tries|steps?"
)
_SILENT = re.compile(
    rf"""https?://\S+ | \bwww\.\S+ | \b[a-z]{{2,5}}_[a-z0-9][\w-]* | \#[0-9a-f]{{3,8}}\b
    | \b\d+\s*[x×]\s*\d+(?:\s*px)? | \b\d{{4}}-\d\d-\d\d\S* | \b\d\d?:\d\d\b
    | \b\d+(?:st|nd|rd|th)\b | \#\d+ | ^[ \t]*\d{{1,2}}[.)](?=\s)
    | \b\d[\d.,]*\s?(?:{_UNITS})\b | (?<!\w)\S+/\S+\.\w+""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_TOKEN = re.compile(
    r"[$€£]\s?\d[\d.,]*|\d{1,3}(?:[ ,.'’_٬]\d{3})+(?:\.\d+)?(?!\d)"
    r"|\d+(?:\.\d+)?e\+?\d{1,2}\b|\d+(?:\.\d+)?"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]"
)
_CURRENCIES = frozenset({"dollar", "dollars", "usd", "bucks", "euro", "euros", "eur"})
_CENTS = frozenset({"cent", "cents", "¢"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign (`value` None), or a number between `value` and `most`."""

    text: str
    start: int
    end: int
    value: Decimal | None = None
    most: Decimal | None = None
    kind: str = "word"


def plain(text: str) -> str:
    """The text as an eye reads it: no invisible characters, no emphasis marks, plain spaces."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", html.unescape(text)))
    return re.sub(r"[*`~]+|\\(?=[_*`~.:/#$-])", "", visible).replace("\u2044", "/")


def tokens(text: str) -> list[Token]:
    """The words, signs and numbers of a `plain` text; what counts nothing is one word."""
    silent = _SILENT.sub(lambda m: "·" * len(m[0]), text)
    found = [_read(m) for m in _TOKEN.finditer(silent)]
    return list(_joined(found))


def _read(match: re.Match[str]) -> Token:
    text = match[0]
    token = Token(text.casefold(), match.start(), match.end())
    if re.fullmatch(r"[\d.]+e\+?\d+", text):
        return _number(token, Decimal(text), "count")
    digits = re.sub(r"[^\d.]", "", text)
    if not digits.strip("."):
        return token
    if text[0] in "$€£":
        return _number(token, Decimal(digits.strip(".") or 0), "money")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text):  # 1.000 beside a noun is a thousand
        digits = digits.replace(".", "")
    return _number(token, Decimal(digits), "count")


def _number(token: Token, value: Decimal, kind: str, most: Decimal | None = None) -> Token:
    return Token(token.text, token.start, token.end, value, most or value, kind)


def _joined(found: list[Token]) -> Iterator[Token]:
    """Number words and scales put together: "forty - two", "1.5 k", "half a dozen"."""
    index = 0
    while index < len(found):
        length, token = _longest(found, index)
        yield token
        index += length


def _longest(found: list[Token], index: int) -> tuple[int, Token]:
    """How many tokens from `index` are one, and that one."""
    token = found[index]
    words = [t.text for t in found[index : index + 3]]
    if token.text in VAGUE:
        least, most = VAGUE[token.text]
        return 1, _number(token, Decimal(least), "count", Decimal(most))
    if words == ["half", "a", "dozen"]:
        return 3, _spanning(found, index, 3, Decimal(6))
    if token.text in {"a", "an"} and len(words) > 1 and words[1] in _AFTER_A:
        length, number = _longest(found, index + 1)
        return 1 + length, number
    if token.text in _CURRENCIES and len(words) > 1 and found[index + 1].kind == "count":
        length, number = _counted(found, index + 1)
        return 1 + length, replace(number, kind="money")
    return (1, token) if token.kind == "money" else _counted(found, index)


def _counted(found: list[Token], index: int) -> tuple[int, Token]:
    length, value = _value(found, index)
    if length == 0:
        return 1, found[index]
    behind = index + length
    if behind < len(found) and found[behind].text == "%":
        whole = _spanning(found, index, length + 1, value)
        return length + 1, _number(whole, value, "percent")
    if behind < len(found) and found[behind].text in _CURRENCIES | _CENTS:
        whole = _spanning(found, index, length + 1, value)
        each = Decimal(100 if found[behind].text in _CENTS else 1)
        return length + 1, _number(whole, value / each, "money")
    return length, _spanning(found, index, length, value)


def _spanning(found: list[Token], index: int, length: int, value: Decimal) -> Token:
    first, last = found[index], found[index + length - 1]
    text = " ".join(t.text for t in found[index : index + length])
    return Token(text, first.start, last.end, value, value, "count")


def _value(found: list[Token], index: int) -> tuple[int, Decimal]:
    """How many tokens from `index` make one number, and that number."""
    total, length = Decimal(0), 0
    part: Decimal | None = None
    for offset, token in enumerate(found[index:]):
        amount = token.value if token.kind == "count" else SMALL.get(token.text)
        if amount is not None and (part is None or _adds(part, Decimal(amount), token)):
            part = Decimal(amount) + (part or Decimal(0))
            length = offset + 1
        elif token.text in SCALES and (part is not None or token.text in _AFTER_A):
            scaled = (Decimal(1) if part is None else part) * SCALES[token.text]
            total, part = (total + scaled, Decimal(0)) if scaled >= 1_000 else (total, scaled)
            length = offset + 1
        elif token.text not in {"-", "and"} or length != offset or length == 0:
            break
    return length, total + (part or Decimal(0))


def _adds(part: Decimal, amount: Decimal, token: Token) -> bool:
    """Does "forty" take "two", or "hundred" take "forty"? Two digits beside each other don't."""
    if token.kind == "count":
        return False
    if amount >= 10:
        return part % 100 == 0
    return amount > 0 and part % 10 == 0
