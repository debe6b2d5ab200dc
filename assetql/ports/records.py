"""The tables: batches, tasks, assets, styles, money, approvals, uploads and the audit log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from assetql.domain.approval import Approval
from assetql.domain.asset import Asset
from assetql.domain.audit import AuditRecord
from assetql.domain.batch import Batch, FollowUp
from assetql.domain.ledger import LedgerEntry, Tally
from assetql.domain.money import Account
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task, TaskKey, TaskStatus
from assetql.domain.upload import Upload
from assetql.ports.basics import Page


class BatchStore(Protocol):
    """Batches and their follow-ups."""

    def create(self, batch: Batch, *, key: str) -> Batch:
        """Stores a new batch, once per idempotency `key`: a second call returns the first's."""
        ...

    def created(self, workspace: str, key: str) -> Batch | None:
        """What `create` stored under the idempotency key."""
        ...

    def get(self, workspace: str, batch_id: str) -> Batch | None: ...

    def save(self, batch: Batch) -> None: ...

    def page(self, workspace: str, *, after: str | None = None, limit: int = 50) -> Page[Batch]:
        """Newest first."""
        ...

    def active(self, *, after: str | None = None, limit: int = 100) -> Page[Batch]:
        """Of all workspaces: started or cancelled, and not closed. The reconciler's."""
        ...

    def add_follow_up(self, follow_up: FollowUp) -> FollowUp:
        """Stores it once per id: a second call returns what is stored."""
        ...

    def follow_ups(self, workspace: str, batch_id: str) -> tuple[FollowUp, ...]:
        """In the order in which they were declared."""
        ...

    def save_follow_up(self, follow_up: FollowUp) -> None: ...


class TaskStore(Protocol):
    """Tasks, and the one write that makes a task READY together with its asset."""

    def add(self, tasks: Iterable[Task]) -> int:
        """Stores the tasks of a batch that does not exist yet; returns how many."""
        ...

    def get(self, key: TaskKey) -> Task | None: ...

    def save(self, task: Task, *, lease_ended_by: datetime | None = None) -> None:
        """With `lease_ended_by`, only where the stored lease ended by then, too."""
        ...

    def requeue(self, tasks: Sequence[Task], *, reopened: Batch) -> tuple[Task, ...]:
        """Saves many of a batch that is stored as `reopened`: all but those that moved on.

        Raises: Conflict where the batch moved on; some may have been saved before it did.
        """
        ...

    def commit(self, task: Task, asset: Asset) -> None:
        """`save(task)` and the asset's first version in one write."""
        ...

    def extend(self, key: TaskKey, *, token: int, until: datetime) -> None:
        """Heartbeat: prolongs the lease of `token`, without a new version.

        Raises: StaleClaim where the lease is another's or the task moved on.
        """
        ...

    def page(
        self,
        workspace: str,
        batch_id: str,
        *,
        status: TaskStatus | None = None,
        after: str | None = None,
        limit: int = 500,
    ) -> Page[Task]:
        """By task id."""
        ...

    def tally(self, workspace: str, batch_id: str) -> Tally: ...

    def expired(self, now: datetime, limit: int = 100) -> tuple[Task, ...]:
        """GENERATING tasks of all workspaces whose lease ended before `now`."""
        ...

    def stuck(self, before: datetime, limit: int = 100) -> tuple[Task, ...]:
        """QUEUED tasks of started batches, of all workspaces, that last moved before `before`."""
        ...


class AssetStore(Protocol):
    """Assets. They are made by `TaskStore.commit`."""

    def get(self, workspace: str, asset_id: str) -> Asset | None: ...

    def get_many(self, workspace: str, asset_ids: Sequence[str]) -> tuple[Asset, ...]:
        """In the order given, without those that are not there."""
        ...

    def save(self, asset: Asset) -> None: ...

    def page(
        self, workspace: str, batch_id: str, *, after: str | None = None, limit: int = 500
    ) -> Page[Asset]:
        """By asset id, which is row order."""
        ...


class StyleStore(Protocol):
    """Style profiles; a name is unique in its workspace, case-folded."""

    def create(self, profile: StyleProfile, *, key: str) -> StyleProfile:
        """Stores it once per idempotency `key`. Raises: Conflict where the name is taken."""
        ...

    def save(self, profile: StyleProfile) -> None: ...

    def get(self, workspace: str, style_id: str) -> StyleProfile | None: ...

    def named(self, workspace: str, name: str) -> StyleProfile | None: ...

    def list(self, workspace: str) -> tuple[StyleProfile, ...]:
        """By name."""
        ...


class Ledger(Protocol):
    """The money of each workspace."""

    def account(self, workspace: str) -> Account: ...

    def set_budget(self, workspace: str, budget: int) -> Account: ...

    def post(self, entry: LedgerEntry, *, batch: Batch) -> bool:
        """One write: the entry, the account, and `save(batch)`. False where it was posted before.

        Raises: BudgetExceeded where a reservation does not fit; Conflict as `save` does.
        """
        ...


class ApprovalStore(Protocol):
    """Questions to people."""

    def create(self, approval: Approval) -> Approval:
        """Stores it once per id: a second call returns what is stored."""
        ...

    def get(self, workspace: str, approval_id: str) -> Approval | None: ...

    def save(self, approval: Approval) -> None: ...

    def pending(self, workspace: str) -> tuple[Approval, ...]:
        """Not answered yet, oldest first; the expired ones too."""
        ...

    def unexecuted(self, limit: int = 100) -> tuple[Approval, ...]:
        """Answered in any workspace, but not carried out and told yet: the reconciler's."""
        ...


class UploadStore(Protocol):
    """Files that people attached."""

    def add(self, upload: Upload) -> Upload:
        """Stores it once per id."""
        ...

    def get(self, workspace: str, upload_id: str) -> Upload | None: ...

    def of_thread(self, workspace: str, thread_id: str) -> tuple[Upload, ...]:
        """Oldest first."""
        ...


class AuditLog(Protocol):
    """Append only."""

    def record(self, record: AuditRecord) -> None:
        """Once per record id."""
        ...

    def page(self, workspace: str, *, limit: int = 100) -> tuple[AuditRecord, ...]:
        """Newest first."""
        ...
