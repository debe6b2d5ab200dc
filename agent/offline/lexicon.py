"""The words that the planner knows. Patterns match whole words, in lower or upper case."""

import re

from agent.offline.concepts import CONCEPTS
from agent.offline.fillers import FILLERS
from agent.offline.verbs import VERBS
from agent.offline.vocabulary import ENGINES
from agent.offline.words import NOUNS_TOO

# Only these can open a new clause behind "and" or a comma: the others are nouns too often.
OPENERS = frozenset(VERBS) - {"want"}


def words(patterns: "tuple[str, ...] | list[str]") -> re.Pattern[str]:
    """One pattern of alternatives that match whole words."""
    joined = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", re.IGNORECASE)


FILLER = rf"(?:(?:{'|'.join(sorted(FILLERS, key=len, reverse=True))})(?![\w-])[\s,]*)"
CONCEPT = {name: words(patterns) for name, patterns in CONCEPTS.items()}
HEAD = {name: words(patterns) for name, patterns in VERBS.items()}
_WANTING = (
    r"(?:put|set|stick|attach|give|apply|run)\s+(?:\w+\s+){0,2}(?:tags?|labels?|tagger)",
    r"(?:give|get|send|hand|show|bring|make)\s+(?:me|us)",
    r"(?:i|we)\s+(?:need|want|would\s+(?:like|love))",
    r"put\s+(?:it|them|that|this|everything|all|the\s+\w+)",
    r"add\s+(?:the|a|an|some)?\s*(?:qq\d+qq\s+)?tags?",
    r"turn\s+(?:it|them|that|this|everything|all|the\s+\w+)\s+into",
    r"have\s+(?:it|them|everything|the\s+\w+)",
    r"(?:there\s+)?(?:should|must|has\s+to)\s+be(?=\s+an?\b)",
    r"set\s+up", r"use\s+the", r"save\s+(?:it|them|this|that)", r"how\s+much",
    r"what\s+(?:would|will|does|is)",
    r"how\s+(?:is|are|far)", r"get\s+(?:it|them|everything|the\s+\w+)",
)  # fmt: skip
_ENGINE = "|".join(pattern for patterns in ENGINES.values() for pattern in patterns)
# Steps that are named by a noun: "tags", "then a unity zip".
_NOUN_STEPS = (
    rf"(?:an?\s+|the\s+|one\s+)?(?:{_ENGINE})(?:\s+(?:and|or)\s+(?:{_ENGINE}))?\s+"
    r"(?:exports?|packages?|packs?|zips?|bundles?|builds?|archives?|downloads?|format|files)",
    rf"(?:an?\s+|the\s+|one\s+)?(?:zip|package|pack|export|bundle|archive)\s+(?:for|to)\s+(?:{_ENGINE})",
    r"(?:auto-?)?(?:tags|labels|tagging)(?=\s*(?:[,.;]|$|and\b|then\b))",
    r"provide", r"supply",
    r"(?:hand|send|pass|give|bring|take|dispatch)\s+(?:it|them|those|these|everything|all|the\s+lot|the\s+results?)\s+(?:all\s+)?(?:over\s+|off\s+)?(?:to|in|into|for)",
)  # fmt: skip
NOUN_STEP = re.compile("|".join(_NOUN_STEPS), re.IGNORECASE)
# "for web and iOS packages" is one step.
ENDS_IN_ENGINE = re.compile(rf"(?:{_ENGINE})\W*$", re.IGNORECASE)
_OPENING = "|".join(
    [p for verb in VERBS if verb in OPENERS for p in VERBS[verb] if p not in NOUNS_TOO]
    + list(_WANTING)
    + list(_NOUN_STEPS)
)
NEGATION = (
    r"(?:do\s+not|without|never(?!\s+mind)|no\s+need\s+to|not|hold\s+off(?:\s+on)?|"
    r"wait\s+(?:with|before))"
)
OPENER = re.compile(rf"{FILLER}*(?:{NEGATION}\s+)?{FILLER}*(?:{_OPENING})(?![\w-])", re.IGNORECASE)
