"""Spans, by OpenTelemetry's API: they go nowhere until a process has set a provider.

A span names what was called and carries the bound ids. Arguments, results and the messages of
errors may hold what people wrote, so they are left out.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from assetql.domain.errors import AssetQLError, Unavailable
from assetql.telemetry.failure import kind_of
from assetql.telemetry.ids import bound_ids

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

T = TypeVar("T")
_SCOPE = "assetql"


@cache
def _tracer() -> "Tracer":
    # Late: it takes longer than most of a worker's own modules.
    from opentelemetry.trace import get_tracer

    return get_tracer(_SCOPE)


class LongSpan:
    """A span that is current only inside `current()`, so that it may outlive an async `yield`."""

    def __init__(self, name: str) -> None:
        ids = {f"assetql.{key}": value for key, value in bound_ids().items()}
        self._span: Span = _tracer().start_span(name, attributes=ids)

    def current(self) -> "AbstractContextManager[Span]":
        """Spans that start inside the block are its children."""
        from opentelemetry.trace import use_span

        return use_span(self._span, record_exception=False, set_status_on_exception=False)

    def end(self, error: BaseException | None = None) -> None:
        """Ends it; an error is named without its message."""
        if error is not None and self._span.is_recording():
            self._span.set_attribute("error.type", kind_of(error))
            if _is_fault(error):
                self._fail()
        self._span.end()

    def _fail(self) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_status(StatusCode.ERROR)


def _is_fault(error: BaseException) -> bool:
    """A conflict, or something that is not there, is an answer and no fault."""
    return isinstance(error, Unavailable) or (
        isinstance(error, Exception) and not isinstance(error, AssetQLError)
    )


class span:  # noqa: N801 — used as a `with` statement's verb
    """A span around a block."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> Self:
        self._span = LongSpan(self._name)
        self._current = self._span.current()
        self._current.__enter__()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._current.__exit__(kind, error, trace)
        self._span.end(error)


def traced(port: T, name: str) -> T:
    """`port`, with a span around each call of its methods."""
    return cast("T", _Traced(port, name))


class _Traced:
    def __init__(self, port: object, name: str) -> None:
        self._port = port
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._port, attribute)
        if not callable(value):
            return value
        method = partial(_call, f"{self._name}.{attribute}", value)
        self.__dict__[attribute] = method  # the next look-up finds it without coming here
        return method


def _call(name: str, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
    with span(name):
        result = method(*args, **options)
    if isinstance(result, AbstractContextManager):
        return _held(f"{name}.block", cast("AbstractContextManager[Any]", result))
    return result


@contextmanager
def _held(name: str, block: AbstractContextManager[T]) -> Generator[T]:
    with span(name), block as value:
        yield value
