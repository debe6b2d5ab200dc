"""Words as terms of the full-text table, and the expressions that ask for them.

Every word of an asset is a term. Those of its name are terms again with the mark NAME, those of
its name and tags with the mark LABEL, and the whole name is one term with the mark TITLE: so each
tier of the ranking is a plain lookup. The marks are private-use characters, which no query
contains, and so is SCOPE, which confines an expression to one workspace.
"""

from collections.abc import Iterable, Sequence

from assetql.domain.query_text import spaced, words

SCOPE, TITLE, NAME, LABEL, GAP, JOIN = (chr(0xE000 + n) for n in range(6))


def terms_of(workspace: int, name: str, tags: Sequence[str], body: str) -> str:
    """All terms of an asset; a gap keeps phrases from reaching over the end of a text."""
    names = words(name)
    texts = [names, *map(words, tags), words(body)]
    marked = [f"{SCOPE}{workspace}", TITLE + JOIN.join(names), _text(names, NAME)]
    labels = [_text(label, LABEL) for label in texts[:-1]]
    plain = [_text(text) for text in texts]
    return f" {GAP} ".join([*marked, *labels, *plain])


def _text(text: Iterable[str], mark: str = "") -> str:
    return " ".join(mark + part for word in text for part in spaced(word).split())


def _phrase(word: str, mark: str = "") -> str:
    return f'"{_text([word], mark)}"'


def scoped(workspace: int, expression: str) -> str:
    """The expression, in one workspace only."""
    return f'"{SCOPE}{workspace}" AND ({expression})'


def all_of(asked: Sequence[str], mark: str = "") -> str:
    """Every word must occur."""
    return " AND ".join(_phrase(word, mark) for word in asked)


def tiers(workspace: int, text: str, asked: Sequence[str]) -> tuple[str, ...]:
    """Disjoint expressions, best first.

    The name is what was asked; it has all words; the name and tags have; all texts together have.
    """
    nested = (
        f'"{TITLE}{JOIN.join(words(text))}"',
        all_of(asked, NAME),
        all_of(asked, LABEL),
        all_of(asked),
    )
    better = (None, *nested)
    return tuple(
        scoped(workspace, this if best is None else f"({this}) NOT ({best})")
        for this, best in zip(nested, better, strict=False)
    )
