"""What the pipeline needs of the world, in the domain's words.

A family of adapters implements these; `adapters.local` is one: SQLite, files, in-process models.
Rules that hold for every family:

- `save` is conditional: it stores `x` only over version `x.version - 1`, else raises `Conflict`.
- Every read and write is confined to the workspace that it names; another's answers like nothing.
- Queues deliver at least once, in any order. Stores raise `StoreUnavailable` for faults.
"""

from dataclasses import dataclass

from assetql.ports.basics import Clock, Page
from assetql.ports.doors import DoorRecords
from assetql.ports.models import (
    Embedder,
    ImageModel,
    PromptOptimiser,
    Tagger,
    TaggingRequest,
    Vector,
)
from assetql.ports.records import (
    ApprovalStore,
    AssetStore,
    AuditLog,
    BatchStore,
    Ledger,
    StyleStore,
    TaskStore,
    UploadStore,
)
from assetql.ports.threads import ThreadInbox, TurnLeases
from assetql.ports.work import (
    Delivery,
    ObjectStore,
    QueueDepth,
    SearchIndex,
    TaskQueue,
    UploadForm,
)

__all__ = [
    "ApprovalStore",
    "AssetStore",
    "AuditLog",
    "BatchStore",
    "Clock",
    "Delivery",
    "DoorRecords",
    "Embedder",
    "ImageModel",
    "Ledger",
    "ObjectStore",
    "Page",
    "PromptOptimiser",
    "QueueDepth",
    "SearchIndex",
    "Stores",
    "StyleStore",
    "Tagger",
    "TaggingRequest",
    "TaskQueue",
    "TaskStore",
    "ThreadInbox",
    "TurnLeases",
    "UploadForm",
    "UploadStore",
    "Vector",
]


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
    doors: DoorRecords
