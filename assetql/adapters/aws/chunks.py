"""Where a batch's tasks and assets live: a hundred rows share a partition.

A partition of a hundred rows makes pages come in row order, keeps a small batch in one place, and
gives no key of a 10,000-row batch more than a hundredth of its writes. An asset's place follows
from its id alone.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

from assetql.adapters.aws.items import Item, Value, key_of
from assetql.adapters.aws.table import Table

ROWS = 100
_LONGEST_ROW = 9  # digits; ids come from outside, too


def chunk_of_task(task_id: str) -> int:
    """The number of the partition within its batch, from 0. `task_id`: `BATCH-ROW-VARIATION`."""
    row = task_id.rpartition("-")[0].rpartition("-")[2]
    is_row = row.isascii() and row.isdigit() and len(row) <= _LONGEST_ROW
    return (int(row) - 1) // ROWS if is_row else 0


def task_partition(workspace: str, batch_id: str, chunk: int) -> str:
    """The partition key of one chunk of a batch's tasks."""
    return key_of(workspace, batch_id, chunk)


def task_sort(task_id: str) -> str:
    """The sort key of a task in its partition."""
    return key_of("task", task_id)


def asset_partition(workspace: str, batch_id: str, chunk: int) -> str:
    """The partition key of one chunk of a batch's assets."""
    return key_of(workspace, batch_id.removeprefix("bat_"), chunk)


def asset_sort(asset_id: str) -> str:
    """The sort key of an asset in its partition."""
    return key_of("asset", asset_id)


def chunk_of_asset(asset_id: str) -> int:
    """The chunk of the task that the asset came of. `asset_id`: as `asset_id_of` makes it."""
    return chunk_of_task(_task_part(asset_id))


def place_of_asset(workspace: str, asset_id: str) -> tuple[str, str]:
    """The asset's primary key; of an id that is none, one under which there is nothing."""
    task = _task_part(asset_id)
    batch = task.rpartition("-")[0].rpartition("-")[0]
    return asset_partition(workspace, batch, chunk_of_task(task)), asset_sort(asset_id)


def _task_part(asset_id: str) -> str:
    return asset_id.removeprefix("ast_").rpartition("-r")[0]


def read_chunks(
    table: Table,
    chunks: Iterable[tuple[int, str]],
    *,
    after: tuple[int, str] | None,
    limit: int,
    only: str | None = None,
    values: Mapping[str, Value] | None = None,
) -> list[Item]:
    """Items of the chunks (number, partition key) in order; one above `limit` if there are more.

    `after`: the chunk and the sort key to go on behind; `only` filters what is read.
    """
    found: list[Item] = []
    for chunk, partition in chunks:
        wanted = limit + 1 - len(found)
        if wanted <= 0:
            break
        if after and chunk < after[0]:
            continue
        condition, given = "#pk = :pk", {"pk": partition, **(values or {})}
        if after and chunk == after[0]:
            condition, given["after"] = "#pk = :pk AND #sk > :after", after[1]
        at_once = None if only else wanted
        found += islice(table.query(condition, given, only=only, at_once=at_once), wanted)
    return found
