"""What a thread holds, in LangGraph's shapes: messages, and approvals as interrupts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AnyMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from agent.savers.fence import checkpoint_key, reading_config
from agent.services import AgentServices
from agent.tools.artifacts import approval_card
from assetql.domain.approval import ApprovalStatus
from assetql.services import Services
from integrations.api.protocol.answers import CheckpointOut, InterruptOut, StateOut, TaskOut

APPROVAL = "approval"  # the name of the task that an approval shows as
_SHOWN = ("source", "step")


@dataclass(frozen=True, slots=True)
class States:
    """The states of one workspace's threads."""

    agent: AgentServices
    workspace: str

    async def newest(self, thread_id: str) -> StateOut:
        """As the thread stands, with what it waits for."""
        snapshot = await self._snapshot(reading_config(self.workspace, thread_id))
        waiting = await self.interrupts(thread_id)
        return state_out(thread_id, snapshot, waiting)

    async def at(self, thread_id: str, checkpoint_id: str) -> StateOut | None:
        """As it stood; None where the checkpoint is not kept."""
        snapshot = await self._snapshot(self._config(thread_id, checkpoint_id))
        if snapshot.created_at is None:
            return None
        newest = await self.newest(thread_id)
        if newest.checkpoint.checkpoint_id == checkpoint_id:
            return newest
        return state_out(thread_id, snapshot, [])

    async def history(
        self, thread_id: str, *, limit: int, before: str | None, at: str | None
    ) -> list[StateOut]:
        """Newest first. What a finished turn superseded is not kept."""
        config = self._config(thread_id, at) if at else reading_config(self.workspace, thread_id)
        behind = self._config(thread_id, before) if before else None
        waiting = await self.interrupts(thread_id) if not (at or before) else []
        states: list[StateOut] = []
        history = self.agent.graph.aget_state_history(config, before=behind, limit=limit)
        async for snapshot in history:
            states.append(state_out(thread_id, snapshot, [] if states else waiting))
        return states

    async def messages(self, thread_id: str) -> list[AnyMessage]:
        """The thread's messages."""
        snapshot = await self._snapshot(reading_config(self.workspace, thread_id))
        return cast("list[AnyMessage]", snapshot.values.get("messages", []))

    async def interrupts(self, thread_id: str) -> list[InterruptOut]:
        """The approvals that wait in the thread, oldest first."""
        waiting = await self.agent.call(waiting_in, self.agent.services, self.workspace)
        return waiting.get(thread_id, [])

    async def _snapshot(self, config: RunnableConfig) -> StateSnapshot:
        return await self.agent.graph.aget_state(config)

    def _config(self, thread_id: str, checkpoint_id: str) -> RunnableConfig:
        key = checkpoint_key(self.workspace, thread_id)
        ids = {"thread_id": key, "checkpoint_ns": "", "checkpoint_id": checkpoint_id}
        return {"configurable": ids}


def waiting_in(services: Services, workspace: str) -> dict[str, list[InterruptOut]]:
    """The approvals that wait in each thread of the workspace, oldest first."""
    now = services.clock.now()
    waiting: dict[str, list[InterruptOut]] = {}
    for approval in services.stores.approvals.pending(workspace):
        if approval.thread_id and approval.status_at(now) is ApprovalStatus.PENDING:
            out = InterruptOut(value=approval_card(approval), id=approval.approval_id)
            waiting.setdefault(approval.thread_id, []).append(out)
    return waiting


def values_of(messages: Sequence[AnyMessage]) -> dict[str, Any]:
    """The values of a state."""
    return {"messages": [message.model_dump(mode="json") for message in messages]}


def tasks_of(waiting: Sequence[InterruptOut]) -> list[TaskOut]:
    """A task for each approval that waits."""
    return [TaskOut(id=each.id, name=APPROVAL, interrupts=[each]) for each in waiting]


def state_out(thread_id: str, snapshot: StateSnapshot, waiting: Sequence[InterruptOut]) -> StateOut:
    """The snapshot as clients read it."""
    configurable = snapshot.config.get("configurable", {})
    metadata = cast("dict[str, Any]", snapshot.metadata or {})
    return StateOut(
        values=values_of(snapshot.values.get("messages", [])),
        next=list(snapshot.next),
        checkpoint=CheckpointOut(
            thread_id=thread_id, checkpoint_id=configurable.get("checkpoint_id")
        ),
        metadata={name: metadata[name] for name in _SHOWN if name in metadata},
        created_at=snapshot.created_at,
        tasks=tasks_of(waiting),
        interrupts=list(waiting),
    )
