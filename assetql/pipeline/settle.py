"""settle: the account follows what a batch's tasks have become."""

from assetql.domain.errors import Conflict
from assetql.domain.ledger import settlement
from assetql.ports import Clock, Stores


def settle(workspace: str, batch_id: str, *, stores: Stores, clock: Clock) -> None:
    """Charges what is READY and gives back what FAILED or was CANCELLED; twice is harmless."""
    while True:
        # The batch first: whatever retries after this read also takes its version away.
        batch = stores.batches.get(workspace, batch_id)
        if batch is None:
            return
        tally = stores.tasks.tally(workspace, batch_id)
        due = settlement(batch, tally, clock.now())
        if due is None:
            return
        settled, entry = due
        try:
            stores.ledger.post(entry, batch=settled)
        except Conflict:
            continue
        return
