"""Whose turn a checkpoint belongs to, as it travels in a graph's config."""

import json
from dataclasses import dataclass
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from assetql.domain.errors import StaleClaim
from assetql.domain.thread import TurnLease

FENCE = "fence"
TURN = "turn"


@dataclass(frozen=True, slots=True)
class Fence:
    """Only the newest `token` of (workspace, thread) may write."""

    workspace: str
    thread_id: str
    token: int

    @property
    def thread(self) -> tuple[str, str]:
        """(workspace, thread id)."""
        return self.workspace, self.thread_id


def checkpoint_key(workspace: str, thread_id: str) -> str:
    """The saver's thread id: no two pairs share one, whatever characters they hold."""
    return json.dumps([workspace, thread_id])


def thread_of(key: str) -> tuple[str, str]:
    """(workspace, thread id): what `checkpoint_key` was given."""
    workspace, thread_id = cast("list[str]", json.loads(key))
    return workspace, thread_id


def reading_config(workspace: str, thread_id: str) -> RunnableConfig:
    """The config under which anybody reads a thread, and nobody writes."""
    return {"configurable": {"thread_id": checkpoint_key(workspace, thread_id)}}


def thread_config(lease: TurnLease) -> RunnableConfig:
    """The config under which the holder of `lease`, and nobody else, reads and writes a thread."""
    fence = Fence(lease.workspace, lease.thread_id, lease.token)
    return {
        "configurable": {
            "thread_id": checkpoint_key(lease.workspace, lease.thread_id),
            FENCE: fence,
            # A plain number, so that LangGraph keeps it in each checkpoint's metadata.
            TURN: lease.token,
        }
    }


def fence_of(config: RunnableConfig) -> Fence:
    """The fence of a write. Raises: StaleClaim where it has none or names another thread."""
    configurable = cast("dict[str, object]", config.get("configurable", {}))
    fence = configurable.get(FENCE)
    if not isinstance(fence, Fence):
        raise StaleClaim(
            "A checkpoint was written outside a turn.", remedy="Write through agent.turn."
        )
    if configurable.get("thread_id") != checkpoint_key(fence.workspace, fence.thread_id):
        raise StaleClaim("A turn wrote to a thread that it does not hold.")
    return fence


def stale(fence: Fence) -> StaleClaim:
    """The error of a turn that a newer one has overtaken."""
    return StaleClaim(
        f"A newer turn holds thread {fence.thread_id!r}; turn {fence.token} may not write.",
        remedy="Send the message again.",
    )


def strict_serializer() -> JsonPlusSerializer:
    """Revives plain values and LangChain messages, and no other type."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)
