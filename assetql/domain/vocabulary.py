"""The tag vocabulary: closed, by category, with synonyms; and the strict reading of an answer."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from assetql.domain.errors import InvalidInput
from assetql.domain.tags import Tag

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "kind": (
        "weapon", "armor", "potion", "food", "gem", "jewelry", "currency", "container", "scroll",
        "tool", "quest item", "button", "resource", "reward", "banner", "building", "nature",
        "creature", "character", "vehicle", "furniture", "instrument", "clothing", "symbol",
    ),
    "thing": (
        "sword", "dagger", "axe", "hammer", "bow", "staff", "shield", "helmet", "boots", "cap",
        "chain mail", "ring", "amulet", "crown", "coin", "pouch", "chest", "book", "map", "torch",
        "lantern", "key", "pickaxe", "fishing rod", "bread", "meat", "mushroom", "apple", "fruit",
        "egg", "skull", "flask", "bottle", "vial", "castle", "windmill", "bridge", "house", "tree",
        "flower", "star", "heart", "trophy", "gift", "gear", "arrow", "bomb", "candle", "feather",
        "fish", "dragon", "cat", "dog", "bird", "moon", "sun", "cloud", "mountain", "flag", "play",
        "pause", "shop", "podium",
    ),
    "material": (
        "wood", "iron", "steel", "gold", "silver", "brass", "leather", "stone", "glass", "crystal",
        "paper", "cloth", "bone", "ice", "fire", "water", "lightning",
    ),
    "color": (
        "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white",
        "gray", "cyan",
    ),
    "look": ("round", "tall", "small", "glowing", "ornate", "cracked", "transparent"),
    "theme": (
        "fantasy", "medieval", "magic", "nature", "christmas", "halloween", "space", "pirate",
        "interface", "seasonal",
    ),
}  # fmt: skip

SYNONYMS: Mapping[str, str] = {
    "blade": "sword", "saber": "sword", "knife": "dagger", "hatchet": "axe", "mallet": "hammer",
    "rod": "staff", "wand": "staff", "helm": "helmet", "hat": "cap", "necklace": "amulet",
    "money": "currency", "elixir": "potion", "antidote": "potion", "medicine": "potion",
    "jewel": "gem", "gemstone": "gem", "sapphire": "gem", "emerald": "gem", "ruby": "gem",
    "diamond": "gem", "tome": "book", "parchment": "scroll", "lamp": "lantern", "loaf": "bread",
    "golden": "gold", "wooden": "wood", "metal": "iron", "grey": "gray", "violet": "purple",
    "scarlet": "red", "crimson": "red", "azure": "blue", "armour": "armor", "wearable": "clothing",
    "ui": "interface", "icon": "symbol", "xmas": "christmas", "flame": "fire", "burning": "fire",
    "frost": "ice", "bolt": "lightning", "settings": "gear", "present": "gift", "cup": "trophy",
    "box": "container", "bag": "pouch", "magical": "magic", "animal": "creature",
}  # fmt: skip

MOST_TAGS = 12
_LEAST_CONFIDENCE = 0.3


def vocabulary_names(extra: Iterable[str] = ()) -> tuple[str, ...]:
    """All tags of the vocabulary, with a workspace's own behind them."""
    own = (name for names in VOCABULARY.values() for name in names)
    return tuple(dict.fromkeys((*own, *extra)))


def parse_tags(answer: str, vocabulary: Iterable[str]) -> tuple[Tag, ...]:
    """A tagger's answer, best first: unknown tags are mapped to a known one or dropped.

    Raises: InvalidInput where the answer isn't `{"tags": [{"name", "confidence"}]}`.
    """
    known = frozenset(vocabulary)
    best: dict[str, float] = {}
    for entry in _entries(answer):
        name, confidence = _entry(entry)
        mapped = _mapped(name, known)
        if mapped and confidence >= _LEAST_CONFIDENCE:
            best[mapped] = max(confidence, best.get(mapped, 0.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tag(name, round(confidence, 3)) for name, confidence in ranked[:MOST_TAGS])


def _entries(answer: str) -> list[object]:
    try:
        document = json.loads(answer)
        tags = document["tags"]
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(answer) from error
    if not isinstance(tags, list):
        raise _unreadable(answer)
    return list(tags)  # pyright: ignore[reportUnknownArgumentType] — JSON holds anything


def _entry(entry: object) -> tuple[str, float]:
    match entry:
        case {"name": str(name), "confidence": float() | int() as confidence} if (
            0 <= confidence <= 1
        ):
            return " ".join(name.casefold().split()), float(confidence)
        case _:
            raise _unreadable(repr(entry))


def _mapped(name: str, known: frozenset[str]) -> str | None:
    candidates = (name, SYNONYMS.get(name, ""), name.removesuffix("s"), name.removesuffix("es"))
    found = next((candidate for candidate in candidates if candidate in known), None)
    if found is None and len(name) > 4:
        found = next(iter(get_close_matches(name, known, n=1, cutoff=0.9)), None)
    return found


def _unreadable(what: str) -> InvalidInput:
    return InvalidInput(
        f"The tagger's answer can't be read: {what[:80]!r}.",
        remedy='It must be {"tags": [{"name": …, "confidence": 0..1}]}.',
    )
