"""What a turn holds back: checkpoints and pending writes that are not stored yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata

from agent.savers.dynamo_items import Stored
from assetql.adapters.aws.items import Item

Writes = dict[tuple[str, int], tuple[str, str, Any]]  # (task, index) to (path, channel, value)


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint that is not stored yet."""

    checkpoint: Checkpoint
    metadata: CheckpointMetadata
    parent: str | None

    def only_takes_in(self, before: "Held | None") -> bool:
        """Whether no node of the graph had a part in it: it is an input, or the step behind one."""
        if self.metadata.get("source") == "input":
            return True
        return (
            before is not None
            and before.metadata.get("source") == "input"
            and self.parent == before.checkpoint["id"]
        )


@dataclass
class Branch:
    """What a turn knows of one namespace of its thread: nobody else writes it meanwhile."""

    stored: Stored | None
    superseded: list[Item] = field(default_factory=list[Item])
    held: Held | None = None
    writes: Writes = field(default_factory=Writes)

    @property
    def newest(self) -> str | None:
        """The id of its newest checkpoint."""
        if self.held:
            return self.held.checkpoint["id"]
        return self.stored.checkpoint_id if self.stored else None

    def put(self, new: Held) -> bool:
        """Takes it in as the newest; False where it may wait."""
        may_wait = new.only_takes_in(self.held)
        self.held, self.writes = new, {}
        return not may_wait

    def was_stored(self, item: Item) -> None:
        """What was held is in the table now."""
        if self.stored:
            self.superseded += self.stored.items
        self.stored, self.held = Stored(item), None

    def left(self, put: Sequence[Item]) -> Stored | None:
        """What the table has of the newest checkpoint, once these items were put."""
        new = [item for item in put if "task" in item]
        for item in put:
            if "task" not in item:
                return Stored(item, tuple(new))
        if self.stored is None:
            return None
        writes = {item["sk"]: item for item in (*self.stored.writes, *new)}
        return Stored(self.stored.item, tuple(writes.values()))
