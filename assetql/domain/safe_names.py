"""File names that are safe on every disk and engine: no traversal, no device, no collision."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

NAME_BYTES = 96
TITLE_BYTES = 48
_FORBIDDEN = frozenset('<>:"/\\|?*.')
_EDGES = " .-~"  # hidden files, options of commands, and what Windows and Unity drop
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"]
)
_JAVA_WORDS = re.compile(
    r"abstract|assert|boolean|break|byte|case|catch|char|class|const|"
    r"continue|default|do|double|else|enum|extends|false|final|finally|"
    r"float|for|goto|if|implements|import|instanceof|int|interface|long|"
    r"native|new|null|package|private|protected|public|return|short|static|"
    r"strictfp|super|switch|synchronized|this|throw|throws|transient|true|"
    r"try|void|volatile|while"
)


class NameRule(StrEnum):
    """What a name may hold: any safe Unicode, an identifier, snake case, an Android resource."""

    UNICODE = "unicode"
    IDENTIFIER = "identifier"
    SNAKE = "snake"
    RESOURCE = "resource"


def safe_name(text: str, *, fallback: str = "asset", limit: int = NAME_BYTES) -> str:
    """`text` as a file name, NFC, Unicode kept where safe, at most `limit` bytes of UTF-8."""
    kept = "".join(_safe_character(c) for c in unicodedata.normalize("NFC", text))
    name = _clip(unicodedata.normalize("NFC", " ".join(kept.split())), limit)
    return _off_device(name or fallback)


def name_by(rule: NameRule, text: str, *, fallback: str = "asset", limit: int = NAME_BYTES) -> str:
    """`text` as a name that `rule` allows."""
    if rule is NameRule.UNICODE:
        return safe_name(text, fallback=fallback, limit=limit)
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    ascii_text = decomposed.encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[A-Za-z0-9]+", ascii_text)
    name = "_".join(words)[:limit].strip("_") or fallback
    if rule is NameRule.IDENTIFIER:
        return _off_device(name)
    name = name.lower()
    if rule is NameRule.RESOURCE and (not name[0].isalpha() or _JAVA_WORDS.fullmatch(name)):
        name = f"img_{name}"[:limit]
    return _off_device(name) if rule is NameRule.SNAKE else _off_device(name, mark="img_")


def unique_names(
    items: Iterable[tuple[str, str]], rule: NameRule, *, limit: int = NAME_BYTES
) -> tuple[str, ...]:
    """A name for each (key, text), in the order given, no two alike on any disk.

    Of texts that collide the smallest key keeps the plain name and the next get -2, -3, …; so a
    name depends neither on the order given nor on what is added under larger keys.
    """
    entries = list(items)
    names = [""] * len(entries)
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for index in sorted(range(len(entries)), key=lambda i: (entries[i][0], i)):
        base = name_by(rule, entries[index][1], limit=limit)
        names[index] = _first_free(base, rule, limit, taken, counts)
        taken.add(disk_key(names[index]))
    return tuple(names)


def disk_key(name: str) -> str:
    """Equal for names that a case-insensitive or Unicode-normalising disk takes for one."""
    folded = unicodedata.normalize("NFKC", name).upper().casefold()
    return unicodedata.normalize("NFKC", folded)


def _first_free(
    base: str, rule: NameRule, limit: int, taken: set[str], counts: dict[str, int]
) -> str:
    key = disk_key(base)
    number = counts.get(key, 1)
    name = base if number == 1 else _numbered(base, number, rule, limit)
    while disk_key(name) in taken:
        number += 1
        name = _numbered(base, number, rule, limit)
    counts[key] = number
    return name


def _numbered(base: str, number: int, rule: NameRule, limit: int) -> str:
    suffix = f"-{number}" if rule is NameRule.UNICODE else f"_{number}"
    return _clip(base, limit - len(suffix)) + suffix


def _safe_character(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character).startswith("C"):
        return ""  # controls, direction overrides, lone surrogates
    if character != "." and not _FORBIDDEN.isdisjoint(unicodedata.normalize("NFKC", character)):
        return "_"
    return character


def _clip(name: str, limit: int) -> str:
    clipped = name.encode("utf-8")[:limit].decode("utf-8", "ignore")
    return clipped.strip(_EDGES)


def _off_device(name: str, *, mark: str = "_") -> str:
    stem = name.split(".", maxsplit=1)[0].rstrip()
    return f"{mark}{name}" if stem.upper() in _DEVICES else name
