"""Runs as they are kept: a run outlives its process, and then says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from agent.savers.fence import checkpoint_key
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.thread import TurnLease
from assetql.ports import DoorRecords

KEPT = timedelta(days=7)
_PAGE = 100
Error = Mapping[str, str]  # `error`: its code, and `message`

LOST: Error = {
    "error": "process_ended",
    "message": "The process that carried the run out has ended. The message is kept: the next run "
    "of the thread answers it, be it one without input.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`status` is pending until it has ended; `position` is that of its message in the inbox."""

    workspace: str
    thread_id: str
    run_id: str
    created_at: datetime
    updated_at: datetime
    status: str = "pending"
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    strategy: str = "enqueue"
    modes: tuple[str, ...] = ("values",)
    position: int | None = None
    error: Error | None = None
    version: int = 1

    def ended(self, status: str, at: datetime, error: Error | None = None) -> "Run":
        """The run once it is over."""
        return replace(self, status=status, error=error, updated_at=at, version=self.version + 1)

    def now(self, status: str) -> "Run":
        """The run with what its status is at the moment."""
        return replace(self, status=status)

    def without_process(self, lease: TurnLease | None, now: datetime, trust: timedelta) -> "Run":
        """The run as it shows where no task of this process carries it out.

        Another process does while it holds the thread, and for the time of `trust` at first.
        """
        if self.status != "pending":
            return self
        if lease and lease.until > now:
            return self.now("running")
        if now - self.created_at < trust:
            return self
        if self.position is not None and lease and self.position <= lease.consumed:
            return self.now("success")
        return replace(self, status="error", error=LOST)


def runs_owner(workspace: str, thread_id: str) -> str:
    """Whose the runs of a thread are, among the doors' records."""
    return checkpoint_key(workspace, thread_id)


@dataclass(frozen=True, slots=True)
class RunRecords:
    """Runs in the doors' store."""

    doors: DoorRecords

    def add(self, run: Run) -> None:
        """A new run."""
        self.doors.add(_record(run), now=run.created_at)

    def save(self, run: Run) -> None:
        """Raises: Conflict."""
        self.doors.save(_record(run))

    def get(self, workspace: str, thread_id: str, run_id: str, now: datetime) -> Run | None:
        """One run of a thread."""
        owner = runs_owner(workspace, thread_id)
        record = self.doors.get(owner, RecordKind.RUN, run_id, now=now)
        return _run(workspace, thread_id, record) if record else None

    def delete(self, run: Run) -> None:
        """Harmless where it is gone."""
        owner = runs_owner(run.workspace, run.thread_id)
        self.doors.delete(owner, RecordKind.RUN, run.run_id)

    def of_thread(self, workspace: str, thread_id: str, now: datetime) -> list[Run]:
        """Newest first."""
        found = (_run(workspace, thread_id, r) for r in self._records(workspace, thread_id, now))
        return sorted(found, key=lambda run: (run.created_at, run.run_id), reverse=True)

    def _records(self, workspace: str, thread_id: str, now: datetime) -> Iterator[DoorRecord]:
        owner, after = runs_owner(workspace, thread_id), None
        while True:
            page = self.doors.page(owner, RecordKind.RUN, now=now, after=after, limit=_PAGE)
            yield from page.items
            after = page.cursor
            if after is None:
                return


def _record(run: Run) -> DoorRecord:
    return DoorRecord(
        owner=runs_owner(run.workspace, run.thread_id),
        kind=RecordKind.RUN,
        key=run.run_id,
        created_at=run.created_at,
        expires_at=run.updated_at + KEPT,
        version=run.version,
        document={
            "status": run.status,
            "updated_at": run.updated_at.isoformat(),
            "metadata": dict(run.metadata),
            "strategy": run.strategy,
            "modes": list(run.modes),
            "position": run.position,
            "error": dict(run.error) if run.error else None,
        },
    )


def _run(workspace: str, thread_id: str, record: DoorRecord) -> Run:
    kept = cast("dict[str, Any]", record.document)
    return Run(
        workspace=workspace,
        thread_id=thread_id,
        run_id=record.key,
        created_at=record.created_at,
        updated_at=datetime.fromisoformat(kept["updated_at"]),
        status=kept["status"],
        metadata=kept["metadata"],
        strategy=kept["strategy"],
        modes=tuple(kept["modes"]),
        position=kept["position"],
        error=kept["error"],
        version=record.version,
    )
