"""How texts and queries become comparable words, whatever the script, case or number."""

import functools
import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")
_POSSESSIVE = re.compile(r"['’]s\b")
_CJK = (
    r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_TERM = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_WRITTEN_WITHOUT_SPACES = re.compile(rf"[{_CJK}]")

STOP_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)

_KEPT = frozenset(["lens", "series", "species", "news", "canvas", "atlas", "chaos", "pants"])
_IRREGULAR = {
    "aces": "ace", "axes": "axe", "children": "child", "dice": "die", "dwarves": "dwarf",
    "elves": "elf", "feet": "foot", "geese": "goose", "halves": "half", "hooves": "hoof",
    "knives": "knife", "leaves": "leaf", "lenses": "lens", "lives": "life", "loaves": "loaf",
    "men": "man", "mice": "mouse", "scarves": "scarf", "shelves": "shelf", "shoes": "shoe",
    "teeth": "tooth", "thieves": "thief", "toes": "toe", "wolves": "wolf", "women": "woman",
}  # fmt: skip
_ENDINGS = (
    ("horseshoes", "horseshoe"),
    ("pickaxes", "pickaxe"),
    ("werewolves", "werewolf"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("zes", "z"),
    ("oes", "o"),
    ("ies", "y"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
)


def fold(text: str) -> str:
    """One form for all spellings: NFKC, no case, no diacritics of Latin, Greek and Cyrillic."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare)


def singular(word: str) -> str:
    """The singular of a folded English word: "potions" gives "potion"."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word in _KEPT:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word


@functools.lru_cache(maxsize=4096)  # tags and names come again and again
def words(text: str) -> tuple[str, ...]:
    """The folded singular words in order; a run of CJK characters counts as one word."""
    return tuple(singular(word) for word in _TERM.findall(_POSSESSIVE.sub("", fold(text))))


def query_words(text: str) -> tuple[str, ...]:
    """The distinct words that a query asks for; stop words only where there is nothing else."""
    asked = tuple(dict.fromkeys(words(text)))
    return tuple(word for word in asked if word not in STOP_WORDS) or asked


def spaced(word: str) -> str:
    """The word as an index takes it: CJK characters apart, so that any part of a run is found."""
    return " ".join(word) if _WRITTEN_WITHOUT_SPACES.match(word) else word
