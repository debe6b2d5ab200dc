"""Reads a prompt: what is asked for, in which colours, with which words about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from inference.backends.placeholder.color import Color
from inference.backends.placeholder.glyphs import drawing_of, glyph_for
from inference.backends.placeholder.template import Drawing, subjects
from inference.backends.placeholder.words import (
    CANVASES,
    COLORS,
    IDEOGRAMS,
    MATERIALS,
    PREPOSITIONS,
    SYNONYMS,
    TONES,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CLAUSE = re.compile(r"[,.;:!?()\n]+|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Asked:
    """One colour of the prompt, and the words after it that say of what."""

    color: Color
    of: tuple[str, ...]
    material: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt understood as far as the placeholder can."""

    subject: Drawing | None
    others: tuple[Drawing, ...]
    words: frozenset[str]
    asked: tuple[Asked, ...]
    initials: str
    is_canvas: bool

    def colors_of(self, drawing: Drawing) -> dict[str, Asked]:
        """Which part of `drawing` each asked-for colour paints; the first asking wins."""
        colors: dict[str, Asked] = {}
        # A colour word says more than a material: "brown leather cap" is brown.
        for asked in sorted(self.asked, key=lambda a: a.material):
            slot = _slot_of(drawing, asked.of)
            if slot is not None:
                colors.setdefault(slot, asked)
        return colors


def read(prompt: str, negative: str = "", seed: int = 0) -> Reading:
    """Read a prompt of the form "Name: description, category", or any free text.

    `seed` chooses among the shapes of a noun where no word does.
    """
    clauses = [list(_tokens(clause)) for clause in _CLAUSE.split(_spaced(prompt))]
    clauses = [clause for clause in clauses if clause]
    found = list(_things(clauses))
    unwanted = set(_tokens(negative))
    words = {word for clause in clauses for word in clause} - unwanted
    return Reading(
        subject=_shaped(found[0], words, seed) if found else None,
        others=tuple(_shaped(drawings, words, seed) for drawings in found[1:]),
        words=frozenset(words),
        asked=tuple(asked for clause in clauses for asked in _asked(clause)),
        initials=_initials(clauses),
        is_canvas=bool(words & CANVASES),
    )


def _spaced(text: str) -> str:
    """Ideograms as English words of their own."""
    for ideogram, word in IDEOGRAMS.items():
        text = text.replace(ideogram, f" {word} ")
    return text


def _tokens(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text.casefold()):
        word = re.sub(r"['’]s?$|['’]s\b", "", match[0])
        yield SYNONYMS.get(word) or SYNONYMS.get(_singular(word)) or _singular(word)


def _singular(word: str) -> str:
    kept = word in _known() or word.endswith(("ss", "us", "is")) or len(word) < 4
    if kept or not word.endswith("s"):
        return word
    stems = (word[:-3] + "y" if word.endswith("ies") else "", word[:-2], word[:-1])
    return next((s for s in stems if s in _known()), word[:-1])


@cache
def _known() -> frozenset[str]:
    """Words kept as they are: names of drawings, their parts and what changes them."""
    names = {word for d in subjects().values() for name in d.names for word in name.split()}
    handled = {word for d in subjects().values() for word in d.handled}
    return frozenset(names | handled | {"sparkles", "glass"})


@cache
def _by_name() -> dict[str, tuple[Drawing, ...]]:
    table: dict[str, list[Drawing]] = {}
    for drawing in subjects().values():
        for name in drawing.names:
            table.setdefault(name, []).append(drawing)
    return {name: tuple(drawings) for name, drawings in table.items()}


def _things(clauses: list[list[str]]) -> Iterator[tuple[Drawing, ...]]:
    """Everything nameable, the likeliest subject first: the head of the first clause leads."""
    seen: set[str] = set()
    for segment in _segments(clauses):
        for phrase in _phrases(segment):
            drawings = _drawings(phrase)
            if drawings and drawings[0].key not in seen:
                seen.add(drawings[0].key)
                yield drawings


def _segments(clauses: list[list[str]]) -> Iterator[list[str]]:
    for clause in clauses:
        segment: list[str] = []
        for word in clause:
            if word in PREPOSITIONS:
                yield segment
                segment = []
            else:
                segment.append(word)
        yield segment


def _phrases(segment: list[str]) -> Iterator[str]:
    """From the end, since English puts the head last; two words before one."""
    for end in range(len(segment), 0, -1):
        if end > 1:
            yield " ".join(segment[end - 2 : end])
        yield segment[end - 1]


def _drawings(phrase: str) -> tuple[Drawing, ...]:
    own = _by_name().get(phrase)
    if own:
        return own
    # "gold" and "fire" say how a thing looks; a glyph of that name would take its place.
    if phrase in COLORS or phrase in MATERIALS or phrase in TONES or phrase in CANVASES:
        return ()
    glyph = glyph_for(phrase)
    return (drawing_of(glyph),) if glyph else ()


def _shaped(drawings: tuple[Drawing, ...], words: set[str], seed: int) -> Drawing:
    """Among the drawings of one noun, one with the most shape words of the prompt."""
    scores = [len(words.intersection(drawing.shape)) for drawing in drawings]
    best = [d for d, score in zip(drawings, scores, strict=True) if score == max(scores)]
    return Random(f"shape:{seed}").choice(best)


def _asked(clause: list[str]) -> Iterator[Asked]:
    for i, word in enumerate(clause):
        text = COLORS.get(word) or MATERIALS.get(word)
        if text is None:
            continue
        color = Color.parse(text)
        if i and clause[i - 1] in TONES:
            color = color.toned(*TONES[clause[i - 1]])
        yield Asked(color, tuple(_target(clause, i)), word in MATERIALS)


def _target(clause: list[str], at: int) -> Iterator[str]:
    """The words that a colour goes with: up to the next colour or preposition."""
    if clause[at] in MATERIALS:
        yield clause[at]  # "ruby" alone is the gem itself
    for word in clause[at + 1 :]:
        if word in PREPOSITIONS or word in COLORS:
            return
        yield word


def _slot_of(drawing: Drawing, words: tuple[str, ...]) -> str | None:
    """The part named by the words; the main one where they name none or the whole."""
    for word in words:
        for part in drawing.parts:
            if word == part.slot or word in part.aliases:
                return part.slot
    return drawing.main


def _initials(clauses: list[list[str]]) -> str:
    words = [w for w in (clauses[0] if clauses else []) if w[0].isascii() and w[0].isalpha()]
    return "".join(word[0] for word in words[:2])
