"""A running batch, watched until it has ended."""

import time
from collections.abc import Callable

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict, Unavailable
from assetql.domain.identity import Principal
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from assetql.pipeline.workflow import close_batch
from assetql.services import Services, workflow_of
from integrations.cli.output import errors

_SECONDS = 0.2


def image_bar() -> Progress:
    """A bar of images on standard error; drawn only where somebody looks at it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def watch_batch(
    batch_id: str,
    services: Services,
    caller: Principal,
    *,
    working: Callable[[], bool] = lambda: True,
) -> BatchReport:
    """Returns once the batch is closed, its follow-ups done.

    `working` says whether anybody still makes images, where the caller knows.
    Raises: NotFound; Conflict for a draft; Unavailable where all workers are gone.
    """
    batch = get_batch(batch_id, caller=caller, stores=services.stores)
    _require_begun(batch)
    with image_bar() as progress:
        bar = progress.add_task(batch_id, total=batch.quote.images)
        while True:
            at_work = working()
            batch = get_batch(batch_id, caller=caller, stores=services.stores)
            counts = services.stores.tasks.tally(batch.workspace, batch_id).counts
            wrapping_up = f"{batch_id}: tagging, packing" if not counts.open else batch_id
            progress.update(bar, completed=counts.total - counts.open, description=wrapping_up)
            if batch.closed or (batch.cancelled_at and _closed(batch, services)):
                return report_batch(batch, stores=services.stores)
            if not at_work:
                raise Unavailable(
                    f"The workers ended before {batch_id} did.",
                    remedy="Run assetql worker --until-idle to go on and to see why.",
                )
            time.sleep(_SECONDS)


def _require_begun(batch: Batch) -> None:
    if batch.started_at is None and batch.cancelled_at is None:
        raise Conflict(f"{batch.batch_id} was not started.", remedy="Start it first.")


def _closed(batch: Batch, services: Services) -> bool:
    """What was cancelled needs no worker to end."""
    return close_batch(batch.workspace, batch.batch_id, workflow_of(services))
