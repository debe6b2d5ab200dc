"""What the pipeline needs of the world, in the domain's words.

Two families implement these: `adapters.local` (SQLite, files, in-process models) and
`adapters.aws`. Rules that hold for all of them:

- `save` is conditional: it stores `x` only over version `x.version - 1`, else raises `Conflict`.
- Every read and write is confined to the workspace that it names; another's answers like nothing.
- Queues deliver at least once, in any order. Stores raise `StoreUnavailable` for faults.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assetql.domain.approval import Approval
from assetql.domain.asset import Asset
from assetql.domain.audit import AuditRecord
from assetql.domain.batch import Batch, FollowUp
from assetql.domain.imaging import ImageRequest, ImageResponse
from assetql.domain.ledger import LedgerEntry, Tally
from assetql.domain.money import Account
from assetql.domain.search import HitPage, SearchQuery
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task, TaskKey, TaskStatus
from assetql.domain.thread import InboxMessage, Thread, TurnLease
from assetql.domain.upload import Upload

Vector = NDArray[np.float32]
T = TypeVar("T")


@runtime_checkable
class Clock(Protocol):
    """Time, always aware and in UTC."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in order, and the cursor of the next page: None where there is none."""

    items: tuple[T, ...]
    cursor: str | None = None


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

    def changes(self, after: int, limit: int = 500) -> tuple[tuple[int, Asset], ...]:
        """The change feed of all workspaces: (position, newest state) in order of position."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as it was received; `body` is whatever was sent."""

    message_id: str
    receipt: str
    body: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages wait, are being worked on, and were given up."""

    visible: int
    in_flight: int
    dead: int


class TaskQueue(Protocol):
    """At least once, with visibility timeouts; given up to the dead letters after many receipts."""

    def send(self, bodies: Sequence[str], *, delay: timedelta = timedelta(0)) -> None: ...

    def receive(
        self, *, limit: int, visibility: timedelta, wait: timedelta = timedelta(0)
    ) -> tuple[Delivery, ...]: ...

    def extend(self, delivery: Delivery, visibility: timedelta) -> None: ...

    def ack(self, delivery: Delivery) -> None:
        """Deletes it; harmless where it is gone."""
        ...

    def receive_dead(self, *, limit: int, visibility: timedelta) -> tuple[Delivery, ...]: ...

    def ack_dead(self, delivery: Delivery) -> None: ...

    def depth(self) -> QueueDepth: ...


class ObjectStore(Protocol):
    """Bytes by key, under `raw/ thumbnails/ exports/ style-references/ uploads/`."""

    def put(self, key: str, data: bytes, *, media_type: str) -> None: ...

    def get(self, key: str) -> bytes:
        """Raises: NotFound."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None: ...

    def keys(self, prefix: str) -> Iterator[str]: ...

    def writer(self, key: str, *, media_type: str) -> AbstractContextManager[BinaryIO]:
        """A seekable file; the object appears whole when the block ends without an error."""
        ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Raises: NotFound."""
        ...

    def link(self, key: str, *, filename: str, valid_for: timedelta) -> str:
        """A link to download it, signed now where the store signs."""
        ...


class SearchIndex(Protocol):
    """Fed from `AssetStore.changes`; `position` is how far."""

    def position(self) -> int: ...

    def apply(self, changes: Sequence[tuple[int, Asset]]) -> None:
        """Takes the changes in and moves the position in one write; applying twice is harmless."""
        ...

    def query(self, workspace: str, query: SearchQuery, *, cursor: str | None = None) -> HitPage:
        """Raises: InvalidInput for a cursor that this index did not give for this query."""
        ...


class ThreadInbox(Protocol):
    """Messages to threads, stored before anything else happens."""

    def post(self, message: InboxMessage) -> InboxMessage:
        """Stores it once per message id, and gives it the thread's next position."""
        ...

    def after(self, workspace: str, thread_id: str, position: int) -> tuple[InboxMessage, ...]:
        """Messages behind `position`, in order."""
        ...

    def threads(self, workspace: str, limit: int = 50) -> tuple[Thread, ...]:
        """Newest activity first."""
        ...


class TurnLeases(Protocol):
    """One turn at a time per thread; a newer token fences off older ones."""

    def acquire(
        self, workspace: str, thread_id: str, *, holder: str, until: datetime, now: datetime
    ) -> TurnLease | None:
        """A lease with a new token, or None while another's has not ended."""
        ...

    def extend(self, lease: TurnLease, *, until: datetime) -> TurnLease:
        """Raises: StaleClaim."""
        ...

    def finish(self, lease: TurnLease, *, consumed: int) -> None:
        """Ends the lease and records what was answered. Raises: StaleClaim."""
        ...

    def get(self, workspace: str, thread_id: str) -> TurnLease | None:
        """The newest lease, whether it has ended or not."""
        ...


class AuditLog(Protocol):
    """Append only."""

    def record(self, record: AuditRecord) -> None:
        """Once per record id."""
        ...

    def page(self, workspace: str, *, limit: int = 100) -> tuple[AuditRecord, ...]:
        """Newest first."""
        ...


class ImageModel(Protocol):
    """Makes one image. Raises: ModelUnavailable for faults."""

    def generate(self, request: ImageRequest) -> ImageResponse: ...


class Embedder(Protocol):
    """Images to vectors of one style space; `name` carries the version."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, image: Image.Image) -> Vector:
        """(dimensions,) float32, unit length."""
        ...

    def negatives(self) -> Vector:
        """The bank of other styles: (m, dimensions) float32."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggingRequest:
    """What a tagger sees: a thumbnail and the texts that asked for the image."""

    thumbnail: bytes
    name: str
    description: str
    category: str


class Tagger(Protocol):
    """Answers in text, which is then parsed strictly; `name` carries the version."""

    @property
    def name(self) -> str: ...

    def answer(self, request: TaggingRequest, vocabulary: Sequence[str]) -> str:
        """JSON `{"tags": [{"name", "confidence"}]}` if it behaves."""
        ...


class PromptOptimiser(Protocol):
    """Rewrites a prompt for the image model."""

    def optimise(self, prompt: str, *, style_name: str | None) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The stores of one family, as use cases take them."""

    batches: BatchStore
    tasks: TaskStore
    assets: AssetStore
    styles: StyleStore
    ledger: Ledger
    approvals: ApprovalStore
    uploads: UploadStore
    queue: TaskQueue
    objects: ObjectStore
    index: SearchIndex
    inbox: ThreadInbox
    turns: TurnLeases
    audit: AuditLog
