"""Where a batch's tasks and assets live: a hundred rows share a partition.

A partition of a hundred rows makes pages come in row order, keeps a small batch in one place, and
gives no key of a 10,000-row batch more than a hundredth of its writes.
"""

from assetql.adapters.aws.items import key_of

ROWS = 100


def chunk_of_task(task_id: str) -> int:
    """The number of the partition within its batch, from 0. `task_id`: `BATCH-ROW-VARIATION`."""
    row = task_id.rpartition("-")[0].rpartition("-")[2]
    return (int(row) - 1) // ROWS if row.isascii() and row.isdigit() else 0


def task_partition(workspace: str, batch_id: str, chunk: int) -> str:
    """The partition key of one chunk of a batch's tasks."""
    return key_of(workspace, batch_id, chunk)
