"""What the AWS family stores where: the one definition that the emulator and `infra` create it by.

Every table has the keys `pk` and `sk`, both text. A *local* index is read consistently. A *sparse*
index holds only the items that carry its sort key; it is scanned, for it is small, and its
partition key is the table's own, so it is as evenly written as the table. ADR 12 says which
question each one answers, and at what cost.
"""

from dataclasses import dataclass
from datetime import timedelta

from assetql.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A secondary index over `pk` and `sort`; `copies` are the attributes that it holds besides."""

    name: str
    sort: str
    numeric: bool = False
    local: bool = False
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """One table."""

    name: str
    indexes: tuple[Index, ...] = ()
    streams: bool = False
    expires: bool = False  # an item goes once the second in its attribute `expires` is past


BATCHES = TableShape(
    name="Batches",
    indexes=(
        Index(name="by_age", sort="age", local=True, copies=("document",)),
        Index(name="pending", sort="pending", local=True, copies=("document",)),
        Index(name="active", sort="active"),
        Index(name="unexecuted", sort="unexecuted"),
    ),
)
TASKS = TableShape(
    name="Tasks",
    indexes=(
        Index(
            name="outline",
            sort="row",
            numeric=True,
            local=True,
            copies=("status", "unit_price", "updated_at"),
        ),
        Index(name="leases", sort="lease_until", numeric=True),
    ),
    streams=True,
)
ASSETS = TableShape(name="Assets", streams=True)
STYLES = TableShape(name="StyleProfiles")
LEDGER = TableShape(name="Ledger")
CHECKPOINTS = TableShape(
    name="Checkpoints",
    indexes=(
        Index(
            name="by_activity",
            sort="activity",
            local=True,
            copies=("thread_id", "title", "created_by"),
        ),
    ),
)
UPLOADS = TableShape(
    name="Uploads",
    indexes=(Index(name="by_thread", sort="thread", local=True, copies=("document",)),),
)
AUDIT = TableShape(
    name="Audit",
    indexes=(Index(name="by_time", sort="time", local=True, copies=("document",)),),
)
DOORS = TableShape(name="Doors", expires=True)
TABLES = (BATCHES, TASKS, ASSETS, STYLES, LEDGER, CHECKPOINTS, UPLOADS, AUDIT, DOORS)
EXPIRES = "expires"  # whole seconds since 1970

QUEUE = "generation"
DEAD_QUEUE = "generation-dead"
QUEUE_KEEPS = timedelta(days=4)
DEAD_QUEUE_KEEPS = timedelta(days=14)  # counted from when a message was first sent
PARTS_KEPT = timedelta(days=1)  # of an upload to the bucket that nobody finished
ASYNC_PREFIX = "async/"  # what passes to and from asynchronous endpoints
ASYNC_KEPT = timedelta(days=1)
RAW_PREFIX = "raw/"  # what the bucket tells the tagger about


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one installation: all of them begin with its prefix."""

    prefix: str
    bucket: str

    def table(self, shape: TableShape) -> str:
        """`assetql-Batches`."""
        return f"{self.prefix}-{shape.name}"

    @property
    def queue(self) -> str:
        """The generation queue."""
        return f"{self.prefix}-{QUEUE}"

    @property
    def dead_queue(self) -> str:
        """Where the generation queue gives up to."""
        return f"{self.prefix}-{DEAD_QUEUE}"


def names_of(settings: Settings) -> Names:
    """The names of the installation that the settings mean."""
    return Names(settings.aws_prefix, settings.aws_bucket or settings.aws_prefix)
