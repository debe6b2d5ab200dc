"""batch_status: where a batch stands, derived from its tasks."""

from collections import Counter
from dataclasses import dataclass

from assetql.domain.batch import Batch, BatchStatus, FollowUp
from assetql.domain.errors import InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.money import amount
from assetql.domain.task import Counts, TaskStatus
from assetql.ports import Stores

_NEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """`spent` and `reserved` in micros; `reasons` counts why tasks failed."""

    batch: Batch
    counts: Counts
    status: BatchStatus
    spent: int
    reserved: int
    follow_ups: tuple[FollowUp, ...]
    reasons: dict[str, int]

    def as_json(self) -> dict[str, object]:
        """The document of `assetql batch status --json`."""
        return {
            "batch_id": self.batch.batch_id,
            "status": self.status.value,
            "counts": self.counts.as_json(),
            "spent": amount(self.spent),
            "reserved": amount(self.reserved),
        }


def get_batch(batch_id: str, *, caller: Principal, stores: Stores) -> Batch:
    """Raises: NotFound."""
    caller.require(Action.READ)
    batch = stores.batches.get(caller.workspace, batch_id)
    if batch is None:
        raise NotFound("batch", batch_id, remedy="List batches to see which there are.")
    return batch


def find_batch(
    batch_id: str | None,
    *,
    caller: Principal,
    stores: Stores,
    thread_id: str | None = None,
    elsewhere: bool = True,
) -> Batch:
    """By id; without one the thread's newest, else, if `elsewhere`, the workspace's newest.

    Raises: NotFound; InvalidInput.
    """
    if batch_id:
        return get_batch(batch_id, caller=caller, stores=stores)
    caller.require(Action.READ)
    newest = stores.batches.page(caller.workspace, limit=_NEWEST).items
    if not newest:
        raise NotFound("batch", "newest", remedy="Create one first, from a list or a CSV.")
    for batch in newest:
        if thread_id and batch.thread_id == thread_id:
            return batch
    if not elsewhere:
        other = newest[0]
        raise InvalidInput(
            "Which batch? None was made in this conversation.",
            remedy=f"Name its id. The newest of the workspace is {other.name!r}, {other.batch_id}.",
        )
    return newest[0]


def report_batch(batch: Batch, *, stores: Stores) -> BatchReport:
    """The report of a batch that the caller was allowed to read."""
    tally = stores.tasks.tally(batch.workspace, batch.batch_id)
    return BatchReport(
        batch=batch,
        counts=tally.counts,
        status=batch.status(tally.counts),
        spent=tally.ready_value,
        reserved=tally.open_value if batch.started_at else 0,
        follow_ups=stores.batches.follow_ups(batch.workspace, batch.batch_id),
        reasons=_reasons(batch, stores) if tally.counts.FAILED else {},
    )


def _reasons(batch: Batch, stores: Stores) -> dict[str, int]:
    failed = stores.tasks.page(batch.workspace, batch.batch_id, status=TaskStatus.FAILED).items
    return dict(Counter(task.cause for task in failed).most_common(5))
