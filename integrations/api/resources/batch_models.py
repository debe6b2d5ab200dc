"""Batches over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from assetql.domain.asset_list.limits import RowDefaults
from assetql.domain.batch import Batch, BatchStatus, FollowUp, Row
from assetql.domain.imaging import MAX_SIDE, MIN_SIDE
from assetql.domain.money import amount
from assetql.domain.task import Counts, Task, TaskStatus
from assetql.pipeline.batch_contents import BatchEntry
from assetql.pipeline.batch_status import BatchReport
from assetql.pipeline.create_batch import ListImport
from integrations.api.numbers import WHOLE
from integrations.api.resources.models import (
    ApprovalAnswered,
    BatchId,
    Closed,
    Line,
    Name,
    NextCursor,
    Price,
    RefusedRow,
    Text,
    UploadId,
    Usd,
)

Side = Annotated[
    int, Field(strict=True, ge=MIN_SIDE, le=MAX_SIDE, description="Pixels", examples=[256]), WHOLE
]
Variations = Annotated[
    int, Field(strict=True, ge=1, le=64, description="Images of it", examples=[2]), WHOLE
]
StyleName = Annotated[
    str, Field(min_length=1, max_length=80, description="A style's name or id", examples=["Noto"])
]


class RowToMake(Closed):
    """One thing to make."""

    name: Annotated[Name, Field(examples=["health potion"])]
    description: Annotated[Text, Field(examples=["a red flask with a cork"])] = ""
    category: Annotated[Line, Field(examples=["potion"])] = ""
    width: Side = 512
    height: Side = 512
    variations: Variations = 1

    def row(self) -> Row:
        """The domain's row; without a description the name says how it looks."""
        return Row(
            name=self.name,
            description=self.description or self.name,
            category=self.category,
            width=self.width,
            height=self.height,
            variations=self.variations,
        )


Rows = Annotated[list[RowToMake], Field(min_length=1, max_length=500)]


class RowsToQuote(Closed):
    """What to price."""

    rows: Rows


class BatchToDraft(Closed):
    """Rows that become a draft, which spends nothing until its start was approved."""

    rows: Rows
    name: Annotated[Name | None, Field(examples=["Potions"])] = None
    style: StyleName | None = None


class Defaults(Closed):
    """Where the list says nothing."""

    width: Side = 512
    height: Side = 512
    variations: Variations = 1
    category: Line = ""

    def of_rows(self) -> RowDefaults:
        """The domain's."""
        return RowDefaults(**self.model_dump())


class ListToImport(Closed):
    """An uploaded CSV that becomes a draft."""

    upload_id: UploadId
    name: Annotated[Name | None, Field(examples=["Potions"])] = None
    style: StyleName | None = None
    valid_rows_only: Annotated[
        bool, Field(strict=True, description="Draft it without the refused rows")
    ] = False
    defaults: Defaults = Defaults()


class TaskCounts(Closed):
    """Images by state."""

    QUEUED: int
    GENERATING: int
    READY: int
    FAILED: int
    CANCELLED: int

    @classmethod
    def of(cls, counts: Counts) -> Self:
        """The domain's counts."""
        return cls.model_validate(counts.as_json())


class BatchFacts(Closed):
    """A batch as lists show it."""

    batch_id: BatchId
    name: str
    status: BatchStatus
    style_id: str | None
    rows: int
    counts: TaskCounts
    quote: Price
    created_by: str
    created_at: datetime
    started_at: datetime | None
    cancelled_at: datetime | None
    ended: Annotated[bool, Field(description="All tasks, the money and the follow-ups")]

    @classmethod
    def of(cls, entry: BatchEntry) -> Self:
        """An entry of a list."""
        return cls.model_validate(facts_of(entry.batch, entry.status, entry.counts))


class BatchPage(Closed):
    """Newest first."""

    batches: list[BatchFacts]
    cursor: NextCursor


class FollowUpState(Closed):
    """What is done once the batch has ended."""

    follow_up_id: str
    kind: Literal["tag", "export", "notify"]
    status: Literal["PENDING", "RUNNING", "DONE", "FAILED"]
    presets: list[str]
    export_id: Annotated[str | None, Field(description="Of a finished export")]
    error: str | None

    @classmethod
    def of(cls, follow_up: FollowUp) -> Self:
        """What of it is of interest outside."""
        presets: Any = follow_up.arguments.get("presets", ())
        return cls.model_validate(
            {
                "follow_up_id": follow_up.follow_up_id,
                "kind": follow_up.kind.value,
                "status": follow_up.status.value,
                "presets": list(presets),
                "export_id": follow_up.result.get("export_id"),
                "error": follow_up.result.get("error"),
            }
        )


class BatchRead(BatchFacts):
    """A batch with its money, its follow-ups and why images failed."""

    spent: Usd
    reserved: Usd
    reasons: Annotated[dict[str, int], Field(description="Failed images by reason, the top five")]
    follow_ups: list[FollowUpState]

    @classmethod
    def of_report(cls, report: BatchReport) -> Self:
        """The pipeline's report."""
        return cls.model_validate(
            {
                **facts_of(report.batch, report.status, report.counts),
                "spent": amount(report.spent),
                "reserved": amount(report.reserved),
                "reasons": report.reasons,
                "follow_ups": [FollowUpState.of(each) for each in report.follow_ups],
            }
        )


class BatchImported(Closed):
    """What became of a list; `mapping` says which column was read as what (null: not read)."""

    batch: BatchRead | None
    refused: list[RefusedRow]
    mapping: dict[str, str | None]

    @classmethod
    def of(cls, found: ListImport, report: BatchReport | None) -> Self:
        """The rows that were refused, and the draft if there is one."""
        return cls(
            batch=BatchRead.of_report(report) if report else None,
            refused=[RefusedRow.of(each) for each in found.refused],
            mapping=found.mapping,
        )


class BatchRetried(Closed):
    """How many images run again."""

    retried: int
    batch: BatchRead


class BatchTagged(Closed):
    """Tagged now, or scheduled for when the batch has ended."""

    scheduled: bool
    tagged: int
    follow_up_id: str | None


class BatchVaried(Closed):
    """The drafted variations, and the question whether they may be made."""

    batch: BatchFacts
    approval: ApprovalAnswered


class TaskRead(Closed):
    """One image to make."""

    task_id: str
    row: int
    variation: int
    name: str
    status: TaskStatus
    run: int
    attempts: int
    faults: int
    reason: str | None
    asset_id: str | None
    price: Usd
    updated_at: datetime | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """What of it is of interest outside."""
        return cls(
            task_id=task.key.task_id,
            row=task.row,
            variation=task.variation,
            name=task.name,
            status=task.status,
            run=task.run,
            attempts=task.attempts,
            faults=task.faults,
            reason=task.reason,
            asset_id=task.asset_id,
            price=amount(task.unit_price),
            updated_at=task.updated_at,
        )


class TaskPage(Closed):
    """In row order."""

    tasks: list[TaskRead]
    cursor: NextCursor


def facts_of(batch: Batch, status: BatchStatus, counts: Counts) -> Mapping[str, object]:
    """The fields of BatchFacts."""
    return {
        "batch_id": batch.batch_id,
        "name": batch.name,
        "status": status,
        "style_id": batch.style_id,
        "rows": batch.rows,
        "counts": TaskCounts.of(counts),
        "quote": Price.of(batch.quote),
        "created_by": batch.created_by,
        "created_at": batch.created_at,
        "started_at": batch.started_at,
        "cancelled_at": batch.cancelled_at,
        "ended": batch.closed,
    }
