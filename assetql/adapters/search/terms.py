"""Words as terms, and what is asked of them.

Every word of an asset is a term. Those of its name are terms again with the mark NAME, those of
its name and tags with the mark LABEL, and the whole name is one term with the mark TITLE: so each
tier of the ranking is a plain lookup. The marks are private-use characters, which no query
contains.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assetql.domain.query_text import spaced, words

TITLE, NAME, LABEL, JOIN = (chr(0xE001 + n) for n in range(4))

Text = tuple[str, ...]  # terms in their order
Phrase = tuple[str, ...]  # terms that follow one another within one text

_SHORT = 3  # letters that a stem needs


@dataclass(frozen=True, slots=True)
class Asked:
    """The documents that have all `phrases`; where `better` is given, only if not all of it."""

    phrases: tuple[Phrase, ...]
    better: tuple[Phrase, ...] = ()


def texts_of(name: str, tags: Sequence[str], body: str) -> list[Text]:
    """All terms of an asset, text by text; no phrase reaches over the end of a text."""
    labels = [words(text) for text in (name, *tags)]
    return [
        (TITLE + JOIN.join(labels[0]),),
        _terms(labels[0], NAME),
        *(_terms(label, LABEL) for label in labels),
        *(_terms(text) for text in (*labels, words(body))),
    ]


def all_of(asked: Sequence[str], mark: str = "") -> tuple[Phrase, ...]:
    """Every word must occur."""
    return tuple(_terms([word], mark) for word in asked)


def tiers(text: str, asked: Sequence[str]) -> tuple[Asked, ...]:
    """Disjoint, best first.

    The name is what was asked; it has all words; the name and tags have; all texts together have.
    """
    nested = (
        ((TITLE + JOIN.join(words(text)),),),
        all_of(asked, NAME),
        all_of(asked, LABEL),
        all_of(asked),
    )
    return tuple(Asked(this, better) for this, better in zip(nested, ((), *nested), strict=False))


def _terms(text: Iterable[str], mark: str = "") -> Text:
    return tuple(mark + stem(part) for word in text for part in spaced(word).split())


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """What the forms of an English word share, by Porter's algorithm."""
    if len(word) < _SHORT:
        return word
    from snowballstemmer.porter_stemmer import PorterStemmer  # 30 ms that only indexing needs

    return PorterStemmer().stemWord(word)  # one of its own: a stemmer is not for several threads
