"""What was asked of the stores, in order, and how it ended: invoked, ok, failed or unknown.

`ok`: the store said that it was done. `failed`: it said that it was not. `unknown`: nobody heard,
for the process died or the service did not answer. From this alone, and from what the stores hold
in the end, `check_history` tells a lost update, a lost message or money from nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any

from assetql.domain.errors import AssetQLError, Unavailable
from tests.support.effects import Effect


class Ending(StrEnum):
    """How an operation ended, as far as its caller knows."""

    INVOKED = "invoked"
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Operation:
    """One call. `began` and `ended` count the events of the history: what overlaps is seen."""

    effect: Effect
    began: int
    ending: Ending = Ending.INVOKED
    ended: int | None = None
    result: Any = None

    @property
    def may_have_happened(self) -> bool:
        """Whether its effect can be there."""
        return self.ending in {Ending.OK, Ending.UNKNOWN, Ending.INVOKED}

    def __str__(self) -> str:
        told = ", ".join(map(str, self.effect.given))
        return f"{self.began}-{self.ended} {self.effect}: {self.ending} ({told[:160]})"


@dataclass
class History:
    """Records every effect that passes; an `Around`. Thread-safe."""

    operations: list[Operation] = field(default_factory=list[Operation])
    _events: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, effect: Effect, have: Callable[[], Any]) -> Any:
        operation = self._invoked(effect)
        try:
            result = have()
        except Unavailable:
            self._ended(operation, Ending.UNKNOWN)
            raise
        except AssetQLError:
            self._ended(operation, Ending.FAILED)
            raise
        except BaseException:
            self._ended(operation, Ending.UNKNOWN)
            raise
        self._ended(operation, Ending.OK, result)
        return result

    def _invoked(self, effect: Effect) -> Operation:
        with self._lock:
            self._events += 1
            operation = Operation(effect, self._events)
            self.operations.append(operation)
        return operation

    def _ended(self, operation: Operation, ending: Ending, result: Any = None) -> None:
        with self._lock:
            self._events += 1
            operation.ending, operation.ended, operation.result = ending, self._events, result

    def of(self, *effects: str) -> Iterator[Operation]:
        """The operations with these names, in the order in which they were invoked."""
        return (each for each in self.operations if str(each.effect) in effects)
