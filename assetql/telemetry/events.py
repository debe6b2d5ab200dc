"""Events: a name and some facts, through the standard library's logging."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping

from assetql.telemetry.failure import causes_of
from assetql.telemetry.ids import Fact

FACTS = "facts"
_MOST = 1_000


class EventLog:
    """The events of one module. structlog renders them, once a door has configured it.

    Importing structlog takes longer than most of a worker's own code, so it is not needed here.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, /, **facts: Fact | None) -> None:
        """What happened as it should."""
        self._emit(logging.INFO, event, facts)

    def warning(
        self, event: str, error: BaseException | None = None, /, **facts: Fact | None
    ) -> None:
        """What an operator may have to look at; `error` is named without its message."""
        named = {"error": causes_of(error)} if error else {}
        self._emit(logging.WARNING, event, {**facts, **named})

    def crash(self, event: str, error: BaseException, /, **facts: Fact | None) -> None:
        """An error that nobody foresaw, with its traceback."""
        self._emit(logging.ERROR, event, facts, error)

    def _emit(
        self,
        level: int,
        event: str,
        facts: Mapping[str, Fact | None],
        error: BaseException | None = None,
    ) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=error, extra={FACTS: facts}, stacklevel=3)


class FirstTimes:
    """Which of the newest things were seen before; safe to share among threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def first(self, thing: Hashable) -> bool:
        """True once for each thing that is remembered."""
        mark = hash(thing)  # the thing itself may be long
        with self._lock:
            known = mark in self._seen
            self._seen[mark] = None
            self._seen.move_to_end(mark)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return not known
