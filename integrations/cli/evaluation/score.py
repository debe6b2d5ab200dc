"""Whether the calls of a conversation are what was expected of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assetql.domain.query_text import query_words, words
from integrations.cli.evaluation.request import Expectation, Request


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call in turn `turn` (from 1); `args` as it was resolved."""

    turn: int
    tool: str
    args: Mapping[str, object]
    result: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request; `reply` is the last turn's."""

    id: str
    passed: bool
    calls: tuple[Call, ...]
    reply: str


def score(request: Request, calls: Sequence[Call], reply: str) -> Outcome:
    """Expected calls must occur in order among all calls; forbidden tools must not."""
    forbidden = any(call.tool in request.forbid for call in calls)
    passed = not forbidden and _in_order(request.expect, calls)
    return Outcome(request.id, passed, tuple(calls), reply)


def _in_order(expected: Sequence[Expectation], calls: Sequence[Call]) -> bool:
    remaining = iter(calls)
    return all(any(_meets(call, wanted) for call in remaining) for wanted in expected)


def _meets(call: Call, wanted: Expectation) -> bool:
    return call.tool == wanted.tool and all(
        COMPARE.get(name, _same)(value, call.args.get(name)) for name, value in wanted.args.items()
    )


def _same(wanted: object, given: object) -> bool:
    return wanted == given


def _folded(wanted: object, given: object) -> bool:
    return str(wanted).casefold() == str(given).casefold()


def _contained(wanted: object, given: object) -> bool:
    if not isinstance(wanted, list) or not isinstance(given, list | tuple):
        return False
    return _set(wanted) <= _set(given)  # pyright: ignore[reportUnknownArgumentType] — JSON


def _set(values: Sequence[object]) -> set[str]:
    return {str(value).casefold() for value in values}


def _words(wanted: object, given: object) -> bool:
    return set(query_words(str(wanted))) <= set(words(str(given)))


COMPARE: Mapping[str, Callable[[object, object], bool]] = {
    "name": _folded,
    "style": _folded,
    "category": _folded,
    "presets": _contained,
    "tags": _contained,
    "add": _contained,
    "text": _words,
}
