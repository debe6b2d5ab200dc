"""Of each batch: how many chunks its tasks fill, and what is known of chunks for good.

A task that is READY or CANCELLED never moves again. So once all tasks of a chunk are, its sums are
final: whoever counts them first writes them down here, and nobody has to count that chunk again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from assetql.adapters.aws.items import Item, key_of, whole
from assetql.adapters.aws.table import Table
from assetql.domain.task import TRANSITIONS, TaskStatus

# Of a chunk, by state: how many tasks, and the sum of their prices in micros.
Sums = Mapping[str, tuple[int, int]]

FINAL = frozenset(status for status, ways_on in TRANSITIONS.items() if not ways_on)
_SORT = "chunks"
_FINAL_SUMS = "final_"  # and the chunk's number: one attribute each
_CONCLUDED_AT_ONCE = 100  # chunks: an expression has 4 KB at most


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of a batch; `final` holds the sums of those in which nothing moves any more."""

    number: int
    final: Mapping[int, Sums]

    @property
    def moving(self) -> list[int]:
        """The chunks in which tasks may still move."""
        return [chunk for chunk in range(self.number) if chunk not in self.final]

    def holding(self, status: TaskStatus | None) -> list[int]:
        """The chunks in which a task of that state, or of any, may be."""
        if status is None or status in FINAL:
            return list(range(self.number))
        return self.moving


class Directory:
    """One item per batch, in the Tasks table, under a partition key of its own."""

    def __init__(self, tasks: Table) -> None:
        self._tasks = tasks

    def read(self, workspace: str, batch_id: str) -> Chunks:
        """Read consistently; none where the batch has no tasks."""
        item = self._tasks.get(key_of(workspace, batch_id), _SORT)
        if item is None:
            return Chunks(0, {})
        return Chunks(whole(item, "number"), _final(item))

    def grow(self, workspace: str, batch_id: str, number: int) -> None:
        """The batch has `number` chunks at least."""
        self._tasks.update(
            key_of(workspace, batch_id),
            _SORT,
            "SET #number = :number",
            condition="attribute_not_exists(#number) OR #number < :number",
            values={"number": number},
        )

    def conclude(self, workspace: str, batch_id: str, final: Mapping[int, Sums]) -> None:
        """These sums will not change any more. Twice is harmless: they are the same."""
        chunks = sorted(final)
        for start in range(0, len(chunks), _CONCLUDED_AT_ONCE):
            some = chunks[start : start + _CONCLUDED_AT_ONCE]
            self._write(workspace, batch_id, {chunk: final[chunk] for chunk in some})

    def _write(self, workspace: str, batch_id: str, final: Mapping[int, Sums]) -> None:
        values = {f"{_FINAL_SUMS}{chunk}": json.dumps(sums) for chunk, sums in final.items()}
        self._tasks.update(
            key_of(workspace, batch_id),
            _SORT,
            "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            condition="attribute_exists(#number)",
            values=values,
        )


def _final(item: Item) -> dict[int, Sums]:
    return {
        int(name.removeprefix(_FINAL_SUMS)): json.loads(str(value))
        for name, value in item.items()
        if name.startswith(_FINAL_SUMS)
    }
