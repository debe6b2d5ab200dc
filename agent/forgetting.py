"""forget_thread: a conversation goes, with all that the conversation's tier keeps of it."""

from dataclasses import replace
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.lease import acquire
from agent.savers.fence import checkpoint_key
from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import ThreadBusy
from assetql.domain.identity import Action, Principal
from assetql.domain.thread import TurnLease
from assetql.pipeline.audit import note

_PAGE = 100


async def forget_thread(agent: AgentServices, thread_id: str, *, caller: Principal) -> None:
    """Deletes its messages, checkpoints and runs; batches that were asked for in it stay.

    Its id is never used again. Raises: Forbidden; ThreadBusy while a turn holds it.
    """
    caller.require(Action.EDIT)
    lease = await agent.call(acquire, agent, caller.workspace, thread_id)
    if lease is None:
        raise ThreadBusy(
            f"Thread {thread_id!r} is answering a message.", remedy="Delete it when that is done."
        )
    try:
        saver = cast("BaseCheckpointSaver[Any]", agent.saver)
        await saver.adelete_thread(checkpoint_key(caller.workspace, thread_id))
        await agent.call(_forget, agent, lease, caller)
    finally:
        finish = agent.services.stores.turns.finish
        await agent.call(finish, lease, consumed=lease.consumed)


def _forget(agent: AgentServices, lease: TurnLease, caller: Principal) -> None:
    stores, now = agent.services.stores, agent.services.clock.now()
    stores.inbox.forget(lease.workspace, lease.thread_id)
    owner = checkpoint_key(lease.workspace, lease.thread_id)
    while runs := stores.doors.page(owner, RecordKind.RUN, now=now, limit=_PAGE).items:
        for run in runs:
            stores.doors.delete(owner, RecordKind.RUN, run.key)
    _leave_stone(agent, lease)
    note(stores.audit, "thread.delete", lease.thread_id, caller=caller, at=now, facts={})


def _leave_stone(agent: AgentServices, lease: TurnLease) -> None:
    """What doors knew of it is replaced by the word that it is gone."""
    stores, now = agent.services.stores, agent.services.clock.now()
    stone = DoorRecord(
        owner=lease.workspace,
        kind=RecordKind.THREAD,
        key=lease.thread_id,
        created_at=now,
        document={"deleted": True, "updated_at": now.isoformat()},
    )
    there = stores.doors.add(stone, now=now)
    if there:
        stores.doors.save(replace(stone, version=there.version + 1))
