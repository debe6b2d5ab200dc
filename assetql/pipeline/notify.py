"""notify: the thread that asked for a batch is told how it ended, once per run."""

from assetql.domain.batch import FollowUpKind
from assetql.domain.errors import Conflict
from assetql.domain.identity import Action, Principal
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.tell import tell_end
from assetql.ports import Clock, Stores


def notify(batch_id: str, *, caller: Principal, stores: Stores, clock: Clock) -> str | None:
    """The thread that was told, now or before; None where the batch has none.

    Raises: NotFound; Conflict for a batch that was not started or has not ended.
    """
    caller.require(Action.EDIT)
    batch = get_batch(batch_id, caller=caller, stores=stores)
    if not batch.runs or stores.tasks.tally(batch.workspace, batch_id).counts.open:
        raise Conflict(
            f"{batch_id} has not ended.", remedy="Its thread is told by itself once it has."
        )
    declared = stores.batches.follow_ups(batch.workspace, batch_id)
    ids = [f.follow_up_id for f in declared if f.kind is FollowUpKind.NOTIFY]
    # The last run's own follow-up tells it under the same id: whoever comes second changes nothing.
    return tell_end(batch, message_id=ids[-1], stores=stores, clock=clock) if ids else None
