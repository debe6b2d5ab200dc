"""Counting a batch's tasks: chunk by chunk over a narrow index, several chunks at a time."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from assetql.adapters.aws.chunks import task_partition
from assetql.adapters.aws.directory import FINAL, Directory, Sums
from assetql.adapters.aws.items import whole
from assetql.adapters.aws.table import Table
from assetql.domain.ledger import Tally
from assetql.domain.task import OPEN, Counts, TaskStatus

OUTLINE = "outline"  # the index: in row order, where a task that moves stays in its place
_READERS = 8


class Tallies:
    """Counts over the Tasks table. Every task is counted once, in the state that it is found in."""

    def __init__(self, tasks: Table, directory: Directory) -> None:
        self._tasks = tasks
        self._directory = directory

    def of(self, workspace: str, batch_id: str) -> Tally:
        """Chunks in which nothing moves any more are counted for the last time."""
        chunks = self._directory.read(workspace, batch_id)
        moving = chunks.moving
        partitions = [task_partition(workspace, batch_id, chunk) for chunk in moving]
        counted = dict(zip(moving, self._count_all(partitions), strict=True))
        if ended := {chunk: sums for chunk, sums in counted.items() if _is_final(sums)}:
            self._directory.conclude(workspace, batch_id, ended)
        return tally_of([*chunks.final.values(), *counted.values()])

    def _count_all(self, partitions: list[str]) -> list[Sums]:
        if len(partitions) <= 1:
            return [self._count(partition) for partition in partitions]
        with ThreadPoolExecutor(min(_READERS, len(partitions))) as pool:
            return list(pool.map(self._count, partitions))

    def _count(self, partition: str) -> Sums:
        tasks: Counter[str] = Counter()
        value: Counter[str] = Counter()
        for item in self._tasks.query("#pk = :pk", {"pk": partition}, index=OUTLINE):
            status = str(item["status"])
            tasks[status] += 1
            value[status] += whole(item, "unit_price")
        return {status: (tasks[status], value[status]) for status in tasks}


def _is_final(sums: Sums) -> bool:
    return bool(sums) and FINAL.issuperset(sums)


def tally_of(chunks: Iterable[Sums]) -> Tally:
    """The sums of all chunks as one."""
    tasks: Counter[str] = Counter()
    value: Counter[str] = Counter()
    for sums in chunks:
        for status, (number, worth) in sums.items():
            tasks[status] += number
            value[status] += worth
    return Tally(
        counts=Counts(**tasks),
        open_value=sum(value[status] for status in OPEN),
        ready_value=value[TaskStatus.READY],
        failed_value=value[TaskStatus.FAILED],
    )
