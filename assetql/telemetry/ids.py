"""The ids that events and spans of the current task, turn or batch carry."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Fact = str | int | float | bool

_IDS: ContextVar[Mapping[str, Fact] | None] = ContextVar("assetql_ids", default=None)


@contextmanager
def bound(**ids: Fact) -> Generator[None]:
    """Events and spans inside the block carry `ids`. Never hold it open over a `yield`."""
    token = _IDS.set({**bound_ids(), **ids})
    try:
        yield
    finally:
        _IDS.reset(token)


def bound_ids() -> Mapping[str, Fact]:
    """What is bound here: workspace, thread, batch, task and the like."""
    return _IDS.get() or {}
