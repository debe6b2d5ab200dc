"""Which requests the faults befall: rules in order, each with seeded dice, and a log of it all."""

import threading
from dataclasses import dataclass, field
from random import Random

from tests.support.fault_proxy.faults import Fault
from tests.support.fault_proxy.traffic import Key, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Requests of the service and the operations (None: all), but for the first `skip` of them.

    Of those that are left, every `every`-th from the first on is hit with this chance, until
    `times` were (None: no end).
    """

    fault: Fault
    service: str | None = None
    operation: str | frozenset[str] | None = None
    key: str = ""  # some part of one of its keys contains this
    skip: int = 0
    times: int | None = 1
    every: int = 1
    chance: float = 1.0

    def matches(self, request: Request) -> bool:
        """Whether it is about this request."""
        return (
            self.service in {None, request.service}
            and self._names(request.operation)
            and any(self.key in part for key in request.keys for part in key)
        )

    def _names(self, operation: str) -> bool:
        if self.operation is None or isinstance(self.operation, str):
            return self.operation in {None, operation}
        return operation in self.operation


@dataclass(frozen=True, slots=True)
class Seen:
    """One request in the log. `outcome`: the status of its reply, or the name of its fault."""

    service: str
    operation: str
    keys: tuple[Key, ...]
    outcome: str


@dataclass(slots=True)
class _Running:
    rule: Rule
    dice: Random
    matched: int = 0
    hit: int = 0

    def befalls(self, request: Request) -> bool:
        rule = self.rule
        if not rule.matches(request):
            return False
        self.matched += 1
        number = self.matched - rule.skip - 1
        if number < 0 or number % rule.every or self.hit == rule.times:
            return False
        if self.dice.random() >= rule.chance:
            return False
        self.hit += 1
        return True


@dataclass
class Script:
    """What is to go wrong, and what went by. Thread-safe."""

    seed: int = 0
    _rules: list[_Running] = field(default_factory=list["_Running"])
    _log: list[Seen] = field(default_factory=list[Seen])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, *rules: Rule) -> None:
        """Adds rules: the first that befalls a request has it."""
        with self._lock:
            for rule in rules:
                self._rules.append(_Running(rule, Random(f"{self.seed}:{len(self._rules)}")))

    def calm(self) -> None:
        """Nothing goes wrong any more, and the log begins anew."""
        with self._lock:
            self._rules.clear()
            self._log.clear()

    def log(self) -> tuple[Seen, ...]:
        """What went by, in order of the replies."""
        with self._lock:
            return tuple(self._log)

    def hits(self) -> int:
        """How many requests the rules of now have befallen."""
        with self._lock:
            return sum(running.hit for running in self._rules)

    def fault_for(self, request: Request) -> Fault | None:
        """What befalls this one."""
        with self._lock:
            found = (running for running in self._rules if running.befalls(request))
            running = next(found, None)
            return running.rule.fault if running else None

    def record(self, request: Request, outcome: str) -> None:
        """Adds it to the log."""
        seen = Seen(request.service, request.operation, request.keys, outcome)
        with self._lock:
            self._log.append(seen)
