"""The object of a request to make things: sizes, variations, styles and engines taken out."""

import re
from dataclasses import dataclass

from agent.offline.entities import (
    take_name,
    take_size,
    take_style,
    take_that_style,
    take_variations,
)
from agent.offline.items import UNKNOWN_VERB, Item, items_of
from agent.offline.starting import NO_START, START_TAIL
from agent.offline.vocabulary import PRESETS

_ENGINE_TAIL = re.compile(
    r"\s*(?:,\s*)?\b(?:for|to|into|as|in)\s+(?:an?\s+|the\s+|both\s+|use\s+(?:in|on)\s+|use\s+in\s+|my\s+|our\s+)?(?:"
    + "|".join(p.pattern for p in PRESETS.values())
    + r")(?:\s+(?:package|pack|project|game|engine|format|bundle|app|and\b.*))?",
    re.IGNORECASE,
)
_ENGINE_PACKAGE = re.compile(
    r"\s*(?:,\s*)?\b(?:and|plus|with|followed\s+by)?\s*(?:an?\s+|the\s+)?(?:"
    + "|".join(p.pattern for p in PRESETS.values())
    + r")\s+(?:export|package|pack|bundle|build|zip)\b.*$"
    r"|\s*(?:,\s*)?\b(?:and|plus|with)?\s*(?:an?|the)\s+(?:export|package|pack|bundle|zip)\s+"
    r"(?:for|to|as|in)\b.*$",
    re.IGNORECASE,
)
_LIST_WORDS = re.compile(
    r"\b(?:from|in|of|on|out\s+of|using|with|per|according\s+to|for)?\s*(?:each|"
    r"every(?:thing)?|all)?\s*(?:of\s+|the\s+|in\s+|on\s+|from\s+)*"
    r"(?:(?:this|the|that|my|our|attached|these|uploaded|following|whole|entire|full|item|asset|"
    r"attached|new|each|every)\s+)*"
    r"(?:roster|catalogue|manifest|document|csv(?:\s+file)?|spreadsheet|excel(?:\s+file|"
    r"\s+sheet)?|tsv|(?<!\ba )table|attachment|(?:item\s+|"
    r"asset\s+)?list(?!\s*:)|sheet|file|rows?|entries)\b(?!\s+of\b)",
    re.IGNORECASE,
)


_PLEASE = re.compile(r"(?<=\w)\s+please\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made, as far as a text says."""

    items: tuple[Item, ...]
    size: tuple[int, int] | None
    variations: int | None
    style: str | None
    that_style: bool
    name: str | None


def order_in(text: str) -> Order:
    """Reads the object of a request to make things."""
    text = START_TAIL.sub(" ", NO_START.sub(" ", _PLEASE.sub(" ", text)))
    name, text = _batch_name(text)
    style, text = take_style(text)
    that_style, text = take_that_style(text)
    size, text = take_size(text)
    variations, text = take_variations(text)
    text = _LIST_WORDS.sub(" ", _ENGINE_TAIL.sub(" ", _ENGINE_PACKAGE.sub(" ", text)))
    return Order(
        items=tuple(items_of(text)),
        size=size,
        variations=variations,
        style=style,
        that_style=that_style,
        name=name,
    )


# How a sentence starts that tells or asks something, and orders nothing.
_SENTENCE = re.compile(
    r"(?:what|why|who|whose|how|when|where|which|is|are|was|were|do|does|did|my|our|your|his|"
    r"her|their|this|"
    r"that|it|there|i|we|you|he|she|they|if|some|the|these|those|here)\b(?!\s+(?:batch|"
    r"list)\s*[:-])",
    re.IGNORECASE,
)


# A finite verb makes a sentence of what begins like a thing: "a colleague pointed me here".
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|will|would|did|does|has|had|\w+(?:ed|s)\s+(?:me|us|you)|"
    r"\w+ed\s+(?:here|it|them)|told|said|asked|seems?)\b",
    re.IGNORECASE,
)


_THAT_BATCH = re.compile(r"\b(?:the|that|this|my|our)\s+(?:\w+\s+)?batch\b", re.IGNORECASE)


def announced(text: str) -> bool:
    """Whether a text without a verb asks for things: counted, sized or as a batch."""
    if _SENTENCE.match(text) or _FINITE.search(text):
        return False
    order = order_in(text)
    several = len(order.items) > 1 or bool(
        re.match(r"(?:an?\s+|new\s+|one\s+)*batch\b", text, re.IGNORECASE)
    )
    if _THAT_BATCH.search(text) and not any(item.sure for item in order.items):
        return False
    if UNKNOWN_VERB.match(text) and len(order.items) < 2 and not (order.items and order.size):
        return False  # "tell me a joke"
    if re.match(r"\d+\s[\w\s]*:", text) and len(order.items) > 1:
        return True
    in_batch = several and bool(re.search(r"\bbatch\b", text, re.IGNORECASE))
    sized = bool(order.items) and bool(order.size or order.variations)
    sized = sized or (len(order.items) > 1 and bool(order.style))
    return any(item.sure for item in order.items) or sized or (in_batch and bool(order.items))


def things_in(text: str) -> tuple[Item, ...]:
    """The things alone."""
    return order_in(text).items


def _batch_name(text: str) -> tuple[str | None, str]:
    """A name given to the batch; "styles called X" are styles."""
    if re.search(r"\b(?:call|nam|titl|dub)\w*", text, re.IGNORECASE):
        return take_name(text)
    return None, text
