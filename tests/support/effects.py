"""A family whose every effect can be watched: each mutating call of a store passes `Around`."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, BinaryIO

from assetql.ports import Stores
from assetql.services import Services

EFFECTS: Mapping[str, frozenset[str]] = {
    "batches": frozenset({"create", "save", "add_follow_up", "save_follow_up"}),
    "tasks": frozenset({"add", "save", "requeue", "commit", "extend"}),
    "assets": frozenset({"save"}),
    "styles": frozenset({"create", "save"}),
    "ledger": frozenset({"set_budget", "post"}),
    "approvals": frozenset({"create", "save"}),
    "uploads": frozenset({"add"}),
    "queue": frozenset({"send", "receive", "extend", "ack", "receive_dead", "ack_dead"}),
    "objects": frozenset({"put", "delete", "writer"}),
    "index": frozenset({"apply"}),
    "inbox": frozenset({"post"}),
    "turns": frozenset({"acquire", "extend", "finish"}),
    "audit": frozenset({"record"}),
    "doors": frozenset({"add", "save", "delete"}),
}


class Effect(str):
    """An effect's name (`tasks.commit`), with what it is given."""

    __slots__ = ("given", "named")
    given: tuple[Any, ...]
    named: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> "Effect":
        effect = cls(name)
        effect.given, effect.named = given, named
        return effect


Around = Callable[[Effect, Callable[[], Any]], Any]
"""Given the effect's name (`tasks.commit`) and what has it, has it; or does something worse."""


@dataclass(frozen=True, slots=True)
class _Watched:
    family: str
    store: Any
    around: Around

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.store, name)
        if name not in EFFECTS[self.family]:
            return attribute
        effect = f"{self.family}.{name}"
        if name == "writer":
            return self._writer(effect, attribute)

        def watched_call(*given: Any, **named: Any) -> Any:
            called = Effect.of(effect, given, named)
            return self.around(called, lambda: attribute(*given, **named))

        return watched_call

    def _writer(self, effect: str, opener: Callable[..., AbstractContextManager[BinaryIO]]) -> Any:
        @contextmanager
        def writer(*given: Any, **named: Any) -> Generator[BinaryIO]:
            opened = opener(*given, **named)
            file = opened.__enter__()
            try:
                yield file
            except BaseException as error:
                opened.__exit__(type(error), error, error.__traceback__)
                raise
            # The object appears when the block ends: that is the effect.
            ended = Effect.of(effect, given, named)
            self.around(ended, lambda: opened.__exit__(None, None, None))

        return writer


def watched(services: Services, around: Around) -> Services:
    """The same services, with `around` about every effect."""
    stores = services.stores
    wrapped: dict[str, Any] = {
        field.name: _Watched(field.name, getattr(stores, field.name), around)
        for field in fields(Stores)
    }
    return replace(services, stores=Stores(**wrapped))


@dataclass
class Fuse:
    """Does `blow` just before, or just after, the `at`-th effect; counts them in any case."""

    at: int
    after: bool
    blow: Callable[[], None]
    count: int = 0

    def __call__(self, effect: str, have: Callable[[], Any]) -> Any:
        self.count += 1
        mine = self.count == self.at
        if mine and not self.after:
            self.blow()
        result = have()
        if mine and self.after:
            self.blow()
        return result
