"""Reading batches page by page, and what is in one of them: its tasks and its assets."""

from dataclasses import dataclass

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, BatchStatus
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.task import Counts, Task, TaskStatus
from assetql.pipeline.batch_status import get_batch
from assetql.ports import Page, Stores

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEntry:
    """A batch as lists of batches show it."""

    batch: Batch
    counts: Counts

    @property
    def status(self) -> BatchStatus:
        """Judged by its tasks."""
        return self.batch.status(self.counts)


def list_batches(
    *, caller: Principal, stores: Stores, after: str | None = None, limit: int = 20
) -> Page[BatchEntry]:
    """The workspace's, newest first. Raises: InvalidInput for a page too long."""
    caller.require(Action.READ)
    _require_page(limit)
    page = stores.batches.page(caller.workspace, after=after, limit=limit)
    entries = (
        BatchEntry(batch=batch, counts=stores.tasks.tally(batch.workspace, batch.batch_id).counts)
        for batch in page.items
    )
    return Page(tuple(entries), page.cursor)


def read_tasks(
    batch_id: str,
    *,
    caller: Principal,
    stores: Stores,
    status: TaskStatus | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Task]:
    """The tasks of a batch in row order. Raises: NotFound; InvalidInput for a page too long."""
    batch = get_batch(batch_id, caller=caller, stores=stores)
    _require_page(limit)
    return stores.tasks.page(
        batch.workspace, batch.batch_id, status=status, after=after, limit=limit
    )


def read_assets(
    batch_id: str,
    *,
    caller: Principal,
    stores: Stores,
    after: str | None = None,
    limit: int = 50,
) -> Page[Asset]:
    """The READY assets of a batch in row order. Raises: NotFound; InvalidInput."""
    batch = get_batch(batch_id, caller=caller, stores=stores)
    _require_page(limit)
    return stores.assets.page(batch.workspace, batch.batch_id, after=after, limit=limit)


def _require_page(limit: int) -> None:
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"Can't list {limit} at once.", remedy=f"Take 1 to {MOST}.")
