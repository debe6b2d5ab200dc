"""For an empty answer: the nearest queries that would find something, with their counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from assetql.adapters.search.snapshot import Snapshot
from assetql.domain.query_text import fold, query_words
from assetql.domain.search import SearchQuery

MOST = 5
_LABELS = {
    "untagged": "untagged",
    "category": "category {!r}",
    "style_id": "style {}",
    "batch_id": "batch {}",
    "since": "since {:%Y-%m-%d}",
    "until": "until {:%Y-%m-%d}",
    "min_side": "at least {} px",
    "max_side": "at most {} px",
    "color": "colour {}",
    "near_phash": "near-duplicates",
    "embedding": "likeness",
    "exclude": "exclusions",
}
_UNASKED = SearchQuery()


def alternatives(query: SearchQuery, snapshot: Snapshot) -> tuple[str, ...]:
    """At most five, those nearest to what was asked first; each finds what it says."""
    found: list[str] = []
    for text, changed in _nearest(query, snapshot):
        count = snapshot.count(changed)
        if count:
            found.append(f"{text} ({count})")
        if len(found) == MOST:
            break
    return tuple(dict.fromkeys(found))


def _nearest(query: SearchQuery, snapshot: Snapshot) -> Iterator[tuple[str, SearchQuery]]:
    yield from _spelled(query, snapshot)
    yield from _without_a_filter(query)
    yield from _without_a_word(query)
    yield from _parts(query)


def _spelled(query: SearchQuery, snapshot: Snapshot) -> Iterator[tuple[str, SearchQuery]]:
    known = {name: codes.numbers for name, codes in snapshot.columns.codes.items()}
    if query.category is not None:
        for near in _close(query.category, known["category"]):
            yield f"Did you mean category {near!r}?", replace(query, category=near)
    for tag in query.tags:
        for near in _close(tag, known["tags"]):
            tags = tuple(near if each == tag else each for each in query.tags)
            yield f"Did you mean tag {near!r}?", replace(query, tags=tags)
    asked = query_words(query.text)
    suggestions = snapshot.known_words() if asked else ()
    for word in asked:
        for near in _close(word, suggestions):
            text = " ".join(near if each == word else each for each in asked)
            yield f"Did you mean {text!r}?", replace(query, text=text)


def _close(text: str, known: Iterable[str]) -> list[str]:
    folded = fold(text)
    near = get_close_matches(folded, [each for each in known if each], n=2, cutoff=0.7)
    return [each for each in near if each != folded][:1]


def _without_a_filter(query: SearchQuery) -> Iterator[tuple[str, SearchQuery]]:
    what = f"{query.text!r} without" if query.text.strip() else "Without"
    for tag in query.tags:
        tags = tuple(each for each in query.tags if each != tag)
        yield f"{what} tag {tag!r}", replace(query, tags=tags)
    for name, label in _LABELS.items():
        value, unasked = getattr(query, name), getattr(_UNASKED, name)
        if value != unasked:
            yield f"{what} {label.format(value)}", replace(query, **{name: unasked})


def _without_a_word(query: SearchQuery) -> Iterator[tuple[str, SearchQuery]]:
    asked = query_words(query.text)
    for word in asked if len(asked) > 1 else ():
        text = " ".join(each for each in asked if each != word)
        yield f"{text!r} without {word!r}", replace(query, text=text)


def _parts(query: SearchQuery) -> Iterator[tuple[str, SearchQuery]]:
    """The text alone, and the filters alone, where both were asked."""
    filters = sum(getattr(query, name) != getattr(_UNASKED, name) for name in (*_LABELS, "tags"))
    if query.text.strip() and filters:
        yield f"The same without {query.text!r}", replace(query, text="")
    if query.text.strip() and filters > 1:
        yield f"{query.text!r} alone", SearchQuery(text=query.text)
