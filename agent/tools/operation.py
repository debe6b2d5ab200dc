"""What a tool is: an operation with a name, words for the model, and typed arguments.

The conversation and the MCP server each make tools of their own kind of it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Concatenate

from agent.tools.artifacts import Answer
from assetql.domain.identity import Principal
from assetql.domain.progress import Progress, unseen
from assetql.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operation is called with that is none of its arguments.

    `thread_id`: None outside a conversation.
    `key`: of idempotency; a call that is made again repeats it and changes nothing.
    `progress`: to be told by long work, from the thread that the operation runs on.
    """

    caller: Principal
    services: Services
    key: str
    thread_id: str | None = None
    progress: Progress = unseen


class Effect(StrEnum):
    """What a call does to the workspace, as clients that ask before a call want to know."""

    READS = "reads"
    ADDS = "adds"
    CHANGES = "changes"  # what is there, to what cannot be had back


Runs = Callable[Concatenate[Call, ...], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One tool. `run` takes a call and the arguments by name, which were checked before.

    `tells`: the shape of the facts, as a TypedDict.
    """

    run: Runs
    effect: Effect
    tells: type

    @property
    def name(self) -> str:
        """As models and people know it."""
        return self.run.__name__

    @property
    def description(self) -> str:
        """What the model is told of it."""
        return inspect.getdoc(self.run) or ""

    @property
    def arguments(self) -> list[inspect.Parameter]:
        """The parameters that a model fills: all but the call."""
        _, *arguments = inspect.signature(self.run).parameters.values()
        return arguments


def operation(effect: Effect, *, tells: type) -> Callable[[Runs], Operation]:
    """Makes an operation of a function whose first parameter is the call."""

    def of(run: Runs) -> Operation:
        return Operation(run, effect, tells)

    return of
