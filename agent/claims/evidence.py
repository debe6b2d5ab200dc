"""What prose may say: ids, links and numbers that this thread's tools returned."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import cast

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from agent.claims.quantities import plain, tokens
from agent.inbox import said

Facts = Mapping[str, object]

# Letters of any script: one that looks like another makes another id.
_ID = re.compile(r"\b[^\W\d_]{2,5}_[^\W_](?:[^\W_]|-)*[^\W_]")
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.]*:(?://|\\\\)[^\s)\]>\"'}|\\]+|\bwww\.[^\s)\]>\"'}|\\]+"
    r"|\b(?:javascript|vbscript|data|mailto|tel|https?):[^\s)\]>\"']+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|ai|dev|app|co|gg|xyz|me|eu|de|uk)\b(?:/[^\s)\]>\"']*)?"
    r"|(?<![\w:/])//[a-z0-9-]+\.[^\s)\]>\"']+",
    re.IGNORECASE,
)
# Where Markdown or HTML would lead to, whatever it is called.
_TARGET = re.compile(
    r"\]\(\s*<?([^\s)>]+)|\b(?:href|src|action)\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE
)
_KEY = re.compile(r"\b(?:raw|thumbnails|exports|style-references|uploads)/[\w./-]+")
# The part of an id that has no prefix: letters and digits mixed, such as k3jx2a91b0.
_OPAQUE = re.compile(r"\b(?=[a-z]*\d+[a-z]+\d)(?=\w*[a-z])[a-z0-9]{8,}\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“']([^\"“”']{1,120})[\"”']")
_NAMES = frozenset({"name", "filename", "file_name", "style", "batch_name"})
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
KNOWN_PREFIXES = frozenset(
    {"bat", "ast", "sty", "apr", "upl", "fup", "exp", "thr", "asset", "batch"}
)

_MONEY = frozenset({"unit_price", "spent", "reserved", "available", "budget"})
_NO_COUNT = _MONEY | frozenset(
    {"width", "height", "bytes", "size_bytes", "line", "version", "seed", "threshold", "auc"}
    | {"score", "run", "position", "limit"}
)
# Fields whose sums and differences mean something: "35 of 40 are left".
_TOTALS = frozenset({"images", "tasks", "rows", "total", "accepted", "assets", "count", "retried"})
_MOST_ASKED = 40
_LIST_MARK = re.compile(r"[,;\n]|\band\b|\bplus\b")


def references(text: str) -> set[str]:
    """The ids, links and object keys in a text, without the punctuation behind them."""
    found = {m[0].rstrip(".,;:!?") for m in _LINK.finditer(text)}
    found |= {m[1] or m[2] for m in _TARGET.finditer(text)}
    rest = _LINK.sub(" ", text)
    found |= {m[0].rstrip(".,;:!?/") for m in (*_KEY.finditer(rest), *_UUID.finditer(rest))}
    rest = _UUID.sub(" ", _KEY.sub(" ", rest))
    found |= {m[0] for m in _ID.finditer(rest) if _is_id(m[0])}
    return found | {m[0] for m in _OPAQUE.finditer(_ID.sub(" ", rest))}


def _is_id(word: str) -> bool:
    prefix, _, rest = word.partition("_")
    return prefix.casefold() in KNOWN_PREFIXES or any(c.isdigit() for c in rest)


def offered_numbers(texts: Iterable[str]) -> frozenset[Decimal]:
    """The limits that the prompt and the tools state: prose may name them as limits."""
    return frozenset(_numbers(" ".join(texts)))


def _numbers(text: str) -> Iterator[Decimal]:
    for token in tokens(plain(text)):
        if token.value is not None:
            yield token.value


class Evidence:
    """Read once per model call, and only as far as the prose makes it necessary."""

    def __init__(
        self, messages: Sequence[AnyMessage], synopsis: Sequence[str], offered: frozenset[Decimal]
    ) -> None:
        self._messages = messages
        self._synopsis = [line for line in synopsis if not line.startswith("asked:")]
        self.offered = offered

    @cached_property
    def references(self) -> frozenset[str]:
        """Ids, links and keys that tools returned, or that came with uploads and notices."""
        found: set[str] = set()
        for text in (*self._tool_texts, *self._synopsis):
            found |= references(text)
        parts = {part for ref in found for part in re.split("[_/-]", ref)}
        return frozenset(found | parts)

    def without_names(self, text: str) -> str:
        """The text without the names that it quotes: a batch may be called "Top 10 items"."""
        return _QUOTED.sub(lambda m: "·" if m[1].casefold() in self._names else m[0], text)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(n.casefold() for facts in self._artifacts for n in _named(facts))

    @cached_property
    def typed(self) -> frozenset[str]:
        """Ids and links that people typed: prose may ask about them, not vouch for them."""
        return frozenset(ref for text in self._said for ref in references(text))

    @cached_property
    def asked(self) -> frozenset[Decimal]:
        """Numbers that people named, how many things they listed, and products and sums of two."""
        named = _newest(n for text in self._said for n in _numbers(text))
        listed = _newest(Decimal(len(_LIST_MARK.split(text))) for text in self._said)
        several = [n for n in listed if n > 1]
        products = {a * b for a, b in combinations([*named, *several], 2)}
        return frozenset({*named, *several}) | products | {a + b for a, b in combinations(named, 2)}

    def counted(self, least: Decimal, most: Decimal) -> bool:
        """Whether a count between the two is in an artifact, or follows from what is there.

        Looks at the newest artifact first: what is true was mostly said just now.
        """
        return any(least <= count <= most for count in self.counts())

    def counts(self) -> Iterator[int]:
        """Counts in artifacts, their sums, differences and lengths; newest first, repeated."""
        for facts in reversed(self._artifacts):
            yield from _counts(facts)
        yield from self._derived_counts

    @cached_property
    def _derived_counts(self) -> frozenset[int]:
        found = _sums_across(self._artifacts) | _others(self._artifacts)
        found |= self._ids_by_prefix(self._artifacts[-4:]) | self._ids_by_prefix(self._artifacts)
        return frozenset(
            found | {int(n) for text in self._bare_texts for n in _numbers(text) if n == int(n)}
        )

    def by_state(self, state: str) -> frozenset[int]:
        """How many images the artifacts say are in a state such as FAILED."""
        found: set[int] = set()
        for facts in self._artifacts:
            counts = facts.get("counts")
            if isinstance(counts, dict):
                value = cast("Facts", counts).get(state, 0)
                found |= {value} if isinstance(value, int) else set()
            if state == "FAILED":
                found |= _failures(facts)
        return frozenset(found)

    @cached_property
    def money(self) -> frozenset[Decimal]:
        """Amounts in artifacts, their sums and differences, and price × count."""
        amounts = {value for facts in self._artifacts for value in _amounts(facts)}
        pairs = list(combinations(amounts, 2))
        derived = {a + b for a, b in pairs} | {abs(a - b) for a, b in pairs}
        prices = {p for facts in self._artifacts for p in _amounts(facts, only="unit_price")}
        return frozenset(amounts | derived | {p * n for p in prices for n in self.counts()})

    @cached_property
    def _artifacts(self) -> list[Facts]:
        return [facts for message in self._messages for facts in _facts_of(message)]

    @cached_property
    def _tool_texts(self) -> list[str]:
        texts = [m.text for m in self._messages if isinstance(m, ToolMessage)]
        return texts + [json.dumps(facts, default=str) for facts in self._artifacts]

    @cached_property
    def _bare_texts(self) -> list[str]:
        """Results without an artifact, such as errors: their text is all there is."""
        return [
            m.text
            for m in self._messages
            if isinstance(m, ToolMessage) and not isinstance(m.artifact, dict)
        ]

    @cached_property
    def _said(self) -> list[str]:
        return [text for m in self._messages if (text := said(m)) is not None]

    def _ids_by_prefix(self, artifacts: Sequence[Facts]) -> set[int]:
        """How many different batches, assets, styles the tools spoke of."""
        texts = [json.dumps(f, default=str) for f in artifacts]
        ids = {ref for text in texts for ref in references(text)}
        return set(Counter(ref.partition("_")[0] for ref in ids).values())


def _facts_of(message: AnyMessage) -> Iterator[Facts]:
    if isinstance(message, ToolMessage) and isinstance(message.artifact, dict):
        yield cast("Facts", message.artifact)
    elif isinstance(message, HumanMessage):
        kwargs = cast("dict[str, object]", message.additional_kwargs)
        if kwargs.get("facts"):
            yield cast("Facts", kwargs["facts"])
        if kwargs.get("uploads"):
            files = cast("list[dict[str, object]]", kwargs["uploads"])
            images = [f for f in files if str(f.get("media_type")).startswith("image/")]
            yield {"uploads": files, "images": len(images)}


def _is_money(key: str, facts: Facts) -> bool:
    return key in _MONEY or (key == "total" and "unit_price" in facts)


def _named(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in cast("Facts", value).items():
            yield from _named(inner, name)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from _named(item, key)
    elif isinstance(value, str) and key in _NAMES:
        yield value


def _newest(numbers: Iterable[Decimal]) -> list[Decimal]:
    return list(dict.fromkeys(reversed(list(numbers))))[:_MOST_ASKED]


def _counts(facts: Facts) -> set[int]:
    plain_counts = set(_own_counts(facts))
    totals = [
        value
        for key, value in facts.items()
        if key in _TOTALS and isinstance(value, int) and not _is_money(key, facts)
    ]
    states = [v for v in _values(facts.get("counts")) if isinstance(v, int)]
    refused = facts.get("refused")
    unread = len(cast("list[object]", refused)) if isinstance(refused, list) else 0
    sums = {sum(some) for size in range(2, len(states) + 1) for some in combinations(states, size)}
    terms = {*totals, *states, *sums}
    differences = {abs(a - b) for a, b in combinations(terms, 2)}
    return plain_counts | sums | differences | {total + unread for total in totals}


def _own_counts(value: object, key: str = "", facts: Facts | None = None) -> Iterator[int]:
    if isinstance(value, dict):
        mapping = cast("Facts", value)
        for name, inner in mapping.items():
            yield from _own_counts(inner, name, mapping)
    elif isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        yield len(items)
        for item in items:
            yield from _own_counts(item, key)
    elif _is_count(value, key, facts):
        yield cast("int", value)


def _is_count(value: object, key: str, facts: Facts | None) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return key not in _NO_COUNT and not (facts and _is_money(key, facts))


def _values(value: object) -> list[object]:
    return list(cast("Facts", value).values()) if isinstance(value, dict) else []


def _failures(facts: Facts) -> set[int]:
    resolved = facts.get("resolved")
    retried = cast("Facts", resolved).get("retried") if isinstance(resolved, dict) else None
    reasons = [v for v in _values(facts.get("reasons")) if isinstance(v, int)]
    found = {*reasons, sum(reasons)}
    return found | ({retried} if isinstance(retried, int) else set())


def _sums_across(artifacts: Sequence[Facts]) -> set[int]:
    """Sums of one field over different things: 40 images and 12 images are 52 images."""
    newest = {_subject(facts): facts for facts in artifacts}
    sums: set[int] = set()
    for key in _TOTALS:
        values = [
            value
            for facts in newest.values()
            if isinstance(value := facts.get(key), int) and not _is_money(key, facts)
        ]
        sums |= {a + b for a, b in combinations(values[-8:], 2)}
        sums |= {sum(values)} if values else set()
    return sums


def _others(artifacts: Sequence[Facts]) -> set[int]:
    """Of a batch's 40 images 5 were found: the other 35."""
    tasks = {n for facts in artifacts if isinstance(n := facts.get("tasks"), int)}
    hits = [facts.get("total") for facts in artifacts if facts.get("kind") == "assets"]
    return {n - hit for n in tasks for hit in hits if isinstance(hit, int) and hit <= n}


def _subject(facts: Facts) -> tuple[object, ...]:
    return (
        facts.get("kind"),
        facts.get("batch_id"),
        facts.get("style_id"),
        id(facts) if facts.get("kind") == "assets" else None,
    )


def _amounts(facts: Facts, *, only: str | None = None) -> Iterator[Decimal]:
    """The amounts of money in an artifact and what it holds."""
    for key, value in facts.items():
        if isinstance(value, dict):
            yield from _amounts(cast("Facts", value), only=only)
        elif _is_money(key, facts) and (only is None or key == only):
            text = re.sub(r"[^\d.]", "", str(value))
            if text.replace(".", "", 1).isdigit():
                yield Decimal(text)
