"""A task is one image to make. State moves only along TRANSITIONS, each a conditional write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assetql.domain.errors import Conflict


class TaskStatus(StrEnum):
    """The five states; the last three end a run."""

    QUEUED = "QUEUED"
    GENERATING = "GENERATING"
    READY = "READY"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def ended(self) -> bool:
        """Whether the run of this task is over."""
        return self in _ENDED


_ENDED = frozenset({TaskStatus.READY, TaskStatus.FAILED, TaskStatus.CANCELLED})
OPEN = frozenset({TaskStatus.QUEUED, TaskStatus.GENERATING})

TRANSITIONS: dict[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.QUEUED: frozenset({TaskStatus.GENERATING, TaskStatus.FAILED, TaskStatus.CANCELLED}),
    TaskStatus.GENERATING: frozenset(
        {TaskStatus.READY, TaskStatus.QUEUED, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    TaskStatus.FAILED: frozenset({TaskStatus.QUEUED}),  # retry: a new run
    TaskStatus.READY: frozenset(),
    TaskStatus.CANCELLED: frozenset(),
}

_BEST = "; the best: "


@dataclass(frozen=True, slots=True)
class TaskKey:
    """Where a task lives. `task_id` sorts by row, then variation, within its batch."""

    workspace: str
    batch_id: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One image that the style gate rejected; the best one is kept until one is accepted."""

    object_key: str
    score: float
    reason: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's hold on a task. Only the newest `token` may commit."""

    worker: str
    token: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One image to make; `version` counts its writes."""

    key: TaskKey
    row: int
    variation: int
    name: str
    description: str
    category: str
    width: int
    height: int
    style_id: str | None
    unit_price: int
    seed: int
    status: TaskStatus = TaskStatus.QUEUED
    run: int = 1
    attempts: int = 0
    faults: int = 0
    token: int = 0
    lease: Lease | None = None
    reason: str | None = None
    knobs: Mapping[str, float] = field(default_factory=dict[str, float])
    best: Attempt | None = None
    asset_id: str | None = None
    updated_at: datetime | None = None
    version: int = 1

    @property
    def cause(self) -> str:
        """Why it failed, without the figures that are its own: what tasks have in common."""
        return (self.reason or "unknown").partition(_BEST)[0]

    def _move(self, to: TaskStatus, at: datetime) -> "Task":
        if to not in TRANSITIONS[self.status]:
            raise Conflict(f"Task {self.key.task_id} can't go from {self.status} to {to}.")
        return replace(self, status=to, lease=None, updated_at=at, version=self.version + 1)

    def claim(self, *, worker: str, until: datetime, at: datetime) -> "Task":
        """QUEUED → GENERATING under a new fencing token."""
        token = self.token + 1
        moved = self._move(TaskStatus.GENERATING, at)
        return replace(moved, token=token, lease=Lease(worker=worker, token=token, until=until))

    def accept(self, *, asset_id: str, at: datetime) -> "Task":
        """GENERATING → READY."""
        moved = self._move(TaskStatus.READY, at)
        return replace(moved, asset_id=asset_id, reason=None, best=None, attempts=self.attempts + 1)

    def reject(
        self, attempt: Attempt, *, knobs: Mapping[str, float], seed: int, cap: int, at: datetime
    ) -> "Task":
        """The style gate said no: QUEUED with one knob changed, or FAILED at the cap."""
        spent = self.attempts + 1
        moved = self._move(TaskStatus.QUEUED if spent < cap else TaskStatus.FAILED, at)
        best = self.best if self.best and self.best.score >= attempt.score else attempt
        reason = attempt.reason
        if moved.status is TaskStatus.FAILED:
            reason = f"{spent} of {cap} attempts were off-style{_BEST}{best.reason}"
        return replace(
            moved, attempts=spent, best=best, reason=reason, knobs=dict(knobs), seed=seed
        )

    def fault(self, reason: str, *, cap: int, at: datetime) -> "Task":
        """The infrastructure failed: QUEUED, or FAILED at its own cap."""
        faults = self.faults + 1
        moved = self._move(TaskStatus.QUEUED if faults < cap else TaskStatus.FAILED, at)
        if moved.status is TaskStatus.FAILED:
            reason = f"{faults} faults of the infrastructure; the last: {reason}"
        return replace(moved, faults=faults, reason=reason)

    def fail(self, reason: str, *, at: datetime) -> "Task":
        """To FAILED for good, for instance from the dead-letter queue."""
        return replace(self._move(TaskStatus.FAILED, at), reason=reason)

    def cancel(self, *, at: datetime) -> "Task":
        """To CANCELLED, from any open state."""
        return replace(self._move(TaskStatus.CANCELLED, at), reason="cancelled")

    def retry(self, *, seed: int, at: datetime) -> "Task":
        """FAILED → QUEUED as a new run: attempts and faults start again."""
        moved = self._move(TaskStatus.QUEUED, at)
        return replace(
            moved, run=self.run + 1, attempts=0, faults=0, reason=None, knobs={}, seed=seed
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Tasks of a batch by state."""

    QUEUED: int = 0
    GENERATING: int = 0
    READY: int = 0
    FAILED: int = 0
    CANCELLED: int = 0

    @property
    def total(self) -> int:
        """All tasks of the batch."""
        return self.QUEUED + self.GENERATING + self.READY + self.FAILED + self.CANCELLED

    @property
    def open(self) -> int:
        """Tasks that have not ended."""
        return self.QUEUED + self.GENERATING

    def as_json(self) -> dict[str, int]:
        """By state name, in the order of the life cycle."""
        return {status.value: getattr(self, status.value) for status in TaskStatus}
