"""What a process knows of the threads that it has turns of, and what these hold back."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata

from agent.savers.dynamo_items import Stored
from agent.savers.fence import Fence
from assetql.adapters.aws.items import Item

Writes = dict[tuple[str, int], tuple[str, str, Any]]  # (task, index) to (path, channel, value)
_REMEMBERED = 64  # threads whose newest checkpoint stays with the process that wrote it


@dataclass(frozen=True, slots=True)
class Step:
    """A checkpoint as the graph has it."""

    checkpoint: Checkpoint
    metadata: CheckpointMetadata
    parent: str | None

    def only_takes_in(self, before: "Step | None") -> bool:
        """Whether no node of the graph had a part in it: it is an input, or the step behind one."""
        if self.metadata.get("source") == "input":
            return True
        return (
            before is not None
            and before.metadata.get("source") == "input"
            and self.parent == before.checkpoint["id"]
        )

    @property
    def answers(self) -> bool:
        """Whether the model has said its last word: nothing but the end of the turn follows."""
        newest = self._newest_message
        return isinstance(newest, AIMessage) and not newest.tool_calls

    @property
    def has_results(self) -> bool:
        """Whether tools have run, and the model is asked next."""
        return isinstance(self._newest_message, ToolMessage)

    @property
    def _newest_message(self) -> object:
        messages = cast("list[object]", self.checkpoint["channel_values"].get("messages"))
        return messages[-1] if messages and self.metadata.get("source") == "loop" else None


@dataclass
class Branch:
    """What a turn knows of one namespace of its thread: nobody else writes it meanwhile."""

    stored: Stored | None  # the newest checkpoint that the table has
    newest: Step | None = None
    unstored: bool = False  # whether the table lacks the newest
    writes: Writes = field(default_factory=Writes)  # of the newest
    superseded: list[Item] = field(default_factory=list[Item])
    storing: asyncio.Task[None] | None = None  # while the turn goes on

    @property
    def newest_id(self) -> str | None:
        """The id of its newest checkpoint."""
        return self.newest.checkpoint["id"] if self.newest else None

    @property
    def holds_answer(self) -> bool:
        """Whether an answer waits for the end of the turn."""
        return self.unstored and self.newest is not None and self.newest.answers

    def put(self, new: Step) -> bool:
        """Takes it in as the newest; False where the turn's next write may take it along."""
        may_wait = new.only_takes_in(self.newest) or new.answers
        self.newest, self.unstored, self.writes = new, True, {}
        return not may_wait

    def was_stored(self, item: Item) -> None:
        """The newest is in the table now."""
        if self.stored:
            self.superseded += self.stored.items
        self.stored, self.unstored = Stored(item), False

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


class Known:
    """The turns that a process runs, and what those that it ended left behind.

    Touched by the event loop alone.
    """

    def __init__(self) -> None:
        self._turns: dict[Fence, dict[str, Branch]] = {}
        self._left: OrderedDict[tuple[str, str], tuple[int, Mapping[str, Stored]]] = OrderedDict()

    def branches(self, fence: Fence) -> dict[str, Branch]:
        """Those of a running turn, by namespace; to be added to."""
        return self._turns.setdefault(fence, {})

    def ended(self, fence: Fence) -> Mapping[str, Branch]:
        """Those of a turn that writes no more."""
        return self._turns.pop(fence, {})

    def left_before(self, fence: Fence) -> Mapping[str, Stored] | None:
        """What the turn right before this one left; None where another process may have had it."""
        # Tokens are counted, from 1.
        token, left = self._left.get(fence.thread, (0, {}))
        return left if fence.token == token + 1 else None

    def remember(self, fence: Fence, left: Mapping[str, Stored]) -> None:
        """What an ended turn left."""
        self._left[fence.thread] = fence.token, left
        self._left.move_to_end(fence.thread)
        while len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)

    def forget(self, thread: tuple[str, str]) -> None:
        """A thread is gone."""
        self._left.pop(thread, None)
