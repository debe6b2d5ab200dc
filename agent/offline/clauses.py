"""A message cut into clauses, each with the verb it starts with and the concepts in it."""

import re
from dataclasses import dataclass

from agent.offline.lexicon import CONCEPT, ENDS_IN_ENGINE, FILLER, HEAD, NEGATION, NOUN_STEP, OPENER
from agent.offline.voice import PASSIVE_AHEAD, active

_FULL_STOP = re.compile(r"(?:[.!?;]+(?=\s|$)|\n+(?!\s*(?:[-*•]|\d+[.)])\s))\s*")
_JOINT = re.compile(
    r"\s*(?:[,:]\s*|\b(?:and|then|so|but|plus|also|afterwards|or)\b\s*)+", re.IGNORECASE
)
_FILLERS = re.compile(FILLER, re.IGNORECASE)
_ONLY_FILLERS = re.compile(f"{FILLER}+", re.IGNORECASE)
_NEGATED = re.compile(
    rf"^\W*(?:{NEGATION}(?!\s+(?:i|we|you)\b)|(?:i|we|you)\s+do\s+not\s+(?:want|need|have\s+to|have))\b",
    re.IGNORECASE,
)
_OPENING = frozenset({"greeting", "yes", "no", "thanks", "help"})  # what polite words belong to
_FIRST_WORD = re.compile(r"\w[\w']*")


@dataclass(frozen=True, slots=True)
class Clause:
    """`text` without leading fillers; `head`: the verb class it starts with, or None."""

    text: str
    head: str | None
    concepts: frozenset[str]
    negated: bool
    rest: str  # what stands behind the head verb
    question: bool = False

    def has(self, *names: str) -> bool:
        """Whether any of the concepts is there."""
        return not self.concepts.isdisjoint(names)


def clauses(text: str) -> list[Clause]:
    """The clauses of a normalised message, in order."""
    pieces: list[str] = []
    for sentence in _sentences(text):
        pieces.extend(_split(sentence))
    read = [read_clause(piece) for piece in pieces if _FIRST_WORD.search(piece)]
    return [clause for clause in read if clause.has(*_OPENING) or not _is_filler(clause.text)]


def _is_filler(text: str) -> bool:
    """Nothing but "when they are done" and the like."""
    return bool(_ONLY_FILLERS.fullmatch(f"{text} "))


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for stop in _FULL_STOP.finditer(text):
        found.append(text[start : stop.end()])
        start = stop.end()
    return [*found, text[start:]]


def _split(sentence: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for joint in _JOINT.finditer(sentence):
        if (
            joint.start() > start
            and _opens(sentence, joint.end())
            and not (
                NOUN_STEP.match(sentence, joint.end())
                and ENDS_IN_ENGINE.search(sentence[start : joint.start()])
            )
        ):
            pieces.append(sentence[start : joint.start()])
            start = joint.end()
    return [*pieces, sentence[start:]]


def _opens(sentence: str, start: int) -> bool:
    return bool(OPENER.match(sentence, start) or PASSIVE_AHEAD.match(sentence, start))


def read_clause(piece: str) -> Clause:
    """The clause that a piece of text is."""
    text = piece.strip(" ,")
    question = text.rstrip().endswith("?")
    bare = _without_fillers(text)
    said = active(bare)
    negated = bool(_NEGATED.search(said))
    imperative = _without_fillers(re.sub(rf"^(?:{NEGATION})\s+", "", said, flags=re.IGNORECASE))
    head, rest = _head(imperative)
    concepts = frozenset(
        name
        for name, pattern in CONCEPT.items()
        if pattern.search(text if name in _OPENING else bare)
    )
    return Clause(bare.rstrip(" ,.!?;"), head, concepts, negated, rest.strip(" ,.!?;"), question)


def _without_fillers(text: str) -> str:
    text = text.lstrip(" ,.!?;:-")
    while (found := _FILLERS.match(text)) and found.end() < len(text):
        text = text[found.end() :].lstrip(" ,.!?;:-")
    return text


def _head(text: str) -> tuple[str | None, str]:
    best: tuple[int, str] | None = None
    for name, pattern in HEAD.items():
        found = pattern.match(text)
        if found and (best is None or found.end() > best[0]):
            best = (found.end(), name)
    return (best[1], text[best[0] :]) if best else (None, text)
