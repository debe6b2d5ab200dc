"""A batch: rows that were accepted, how they are priced, started, and followed up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import MAX_SIDE, MIN_SIDE
from assetql.domain.money import PriceList, Quote
from assetql.domain.task import Counts, Task, TaskKey

_MOST_IMAGES = 1_000_000


class BatchStatus(StrEnum):
    """Derived from the counts of the batch's tasks; never stored."""

    DRAFT = "DRAFT"
    RUNNING = "RUNNING"
    READY = "READY"
    PARTIAL = "PARTIAL"  # ended, some READY and some not
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One accepted line of an asset list. `variations` tasks come of it."""

    name: str
    description: str
    category: str
    width: int
    height: int
    variations: int = 1
    line: int = 0  # physical line in the source; 0 where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`dispatched` is the batch's outbox: False while started tasks may not be on the queue yet.

    `held` is what the workspace's account holds for this batch, `settled_spent` what was charged
    of it so far, both in micros; `runs` counts starts and retries; `closed` says that all tasks
    ended, the money is settled and the follow-ups have run.
    """

    workspace: str
    batch_id: str
    name: str
    style_id: str | None
    rows: int
    quote: Quote
    created_by: str
    created_at: datetime
    started_at: datetime | None = None
    cancelled_at: datetime | None = None
    thread_id: str | None = None
    runs: int = 0
    dispatched: bool = True
    closed: bool = False
    held: int = 0
    settled_spent: int = 0
    version: int = 1

    def status(self, counts: Counts) -> BatchStatus:
        """What the batch is, judged by its tasks."""
        if self.started_at is None:
            return BatchStatus.CANCELLED if self.cancelled_at else BatchStatus.DRAFT
        if counts.open:
            return BatchStatus.RUNNING
        if counts.total == counts.READY:
            return BatchStatus.READY
        if counts.READY:
            return BatchStatus.PARTIAL
        return BatchStatus.FAILED if counts.FAILED else BatchStatus.CANCELLED


class FollowUpKind(StrEnum):
    """What a finished batch can be followed by, in this order."""

    TAG = "tag"
    EXPORT = "export"
    NOTIFY = "notify"


class FollowUpStatus(StrEnum):
    """A follow-up waits, runs under a lease, and ends once."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Work declared for when the batch has ended; `follow_up_id` makes declaring idempotent."""

    workspace: str
    batch_id: str
    follow_up_id: str
    kind: FollowUpKind
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    requested_by: str = ""
    status: FollowUpStatus = FollowUpStatus.PENDING
    until: datetime | None = None
    token: int = 0
    result: Mapping[str, object] = field(default_factory=dict[str, object])
    version: int = 1


def quote_rows(rows: Sequence[Row], prices: PriceList) -> Quote:
    """Price of all rows: each variation is one image.

    Raises: InvalidInput for a row that is no image: it would take its price off the others'.
    """
    for number, row in enumerate(rows, start=1):
        _check(number, row)
    images = sum(row.variations for row in rows)
    if images > _MOST_IMAGES:
        raise InvalidInput(
            f"A batch can't have {images:,} images.", remedy=f"Split it: {_MOST_IMAGES:,} at most."
        )
    total = sum(row.variations * prices.of(row.width, row.height) for row in rows)
    return Quote(images=images, total=total)


def _check(number: int, row: Row) -> None:
    wrong = f"Row {number}, {row.name[:40]!r}: "
    if not row.name.strip():
        raise InvalidInput(f"{wrong}it has no name.", remedy="Name what to make.")
    if not (min(row.width, row.height) >= MIN_SIDE and max(row.width, row.height) <= MAX_SIDE):
        raise InvalidInput(
            f"{wrong}{row.width}x{row.height} pixels.",
            remedy=f"Each side is {MIN_SIDE} to {MAX_SIDE} pixels.",
        )
    if row.variations < 1:
        raise InvalidInput(f"{wrong}{row.variations} variations.", remedy="Take 1 or more.")


def tasks_of(batch: Batch, rows: Sequence[Row], prices: PriceList, seed: int) -> Iterator[Task]:
    """The tasks of a batch, in row order. Ids are derived, so writing them twice is harmless."""
    number = 0
    for index, row in enumerate(rows, start=1):
        for variation in range(1, row.variations + 1):
            number += 1
            task_id = f"{batch.batch_id}-{index:05d}-{variation:03d}"
            yield Task(
                key=TaskKey(batch.workspace, batch.batch_id, task_id),
                row=index,
                variation=variation,
                name=row.name,
                description=row.description,
                category=row.category,
                width=row.width,
                height=row.height,
                style_id=batch.style_id,
                unit_price=prices.of(row.width, row.height),
                seed=(seed + number * 1_000_003) % 2**31,
                updated_at=batch.created_at,
            )
