"""Threads as they stand: what runs in them, what waits in them, what went wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

from assetql.domain.identity import Principal
from integrations.api.protocol.answers import InterruptOut, ThreadOut
from integrations.api.protocol.bodies import ThreadFilter, ThreadSearch
from integrations.api.protocol.live_runs import LiveRuns
from integrations.api.protocol.run_view import UNDER_WAY, ThreadRuns
from integrations.api.protocol.states import States, values_of, waiting_in
from integrations.api.protocol.thread_records import KnownThread, ThreadRecords

_ATTRIBUTES = {"thread_id": "thread_id", "created_at": "created_at"}  # else the last activity


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The threads of the caller's workspace."""

    runs: LiveRuns
    caller: Principal

    @property
    def records(self) -> ThreadRecords:
        """What is kept of them."""
        return ThreadRecords(self.runs.agent.services, self.caller.workspace)

    async def one(self, thread_id: str) -> ThreadOut:
        """Raises: NotFound."""
        known = await self.runs.agent.call(self.records.find, thread_id)
        (shown,) = await self._shown([known])
        return shown

    async def search(self, wanted: ThreadSearch) -> list[ThreadOut]:
        """A part of those that fit, of the newest thousand."""
        found = await self.matching(wanted)
        attribute = _ATTRIBUTES.get(wanted.sort_by, "updated_at")
        found.sort(key=attrgetter(attribute, "thread_id"), reverse=wanted.sort_order == "desc")
        page = found[wanted.offset : wanted.offset + wanted.limit]
        return await self._shown(page)

    async def matching(self, wanted: ThreadFilter) -> list[KnownThread]:
        """Those that fit."""
        found = await self.runs.agent.call(self.records.all)
        found = [thread for thread in found if _fits(thread, wanted)]
        if wanted.status is None:
            return found
        waiting = await self._waiting()
        statuses = await asyncio.gather(*(self._status(t.thread_id, waiting) for t in found))
        return [t for t, status in zip(found, statuses, strict=True) if status == wanted.status]

    async def _shown(self, threads: Sequence[KnownThread]) -> list[ThreadOut]:
        waiting = await self._waiting()
        return await asyncio.gather(*(self._out(thread, waiting) for thread in threads))

    async def _out(self, thread: KnownThread, waiting: dict[str, list[InterruptOut]]) -> ThreadOut:
        states = States(self.runs.agent, self.caller.workspace)
        status = await self._status(thread.thread_id, waiting)
        return ThreadOut(
            thread_id=thread.thread_id,
            created_at=thread.created_at,
            updated_at=thread.updated_at,
            state_updated_at=thread.updated_at,
            metadata=dict(thread.metadata),
            status=cast("Any", status),
            values=values_of(await states.messages(thread.thread_id)),
            interrupts={each.id: [each] for each in waiting.get(thread.thread_id, [])},
        )

    async def _status(self, thread_id: str, waiting: dict[str, list[InterruptOut]]) -> str:
        """Busy while a turn runs or a run waits for one; else what its last run left."""
        services = self.runs.agent.services
        lease = await self.runs.agent.call(
            services.stores.turns.get, self.caller.workspace, thread_id
        )
        if lease and lease.until > services.clock.now():
            return "busy"
        runs = await ThreadRuns(self.runs, self.caller, thread_id).all()
        if any(run.status in UNDER_WAY for run in runs):
            return "busy"
        if waiting.get(thread_id):
            return "interrupted"
        return "error" if runs and runs[0].status == "error" else "idle"

    async def _waiting(self) -> dict[str, list[InterruptOut]]:
        services = self.runs.agent.services
        return await self.runs.agent.call(waiting_in, services, self.caller.workspace)


def _fits(thread: KnownThread, wanted: ThreadFilter) -> bool:
    if wanted.ids is not None and thread.thread_id not in wanted.ids:
        return False
    noted = thread.metadata
    return all(name in noted and noted[name] == v for name, v in (wanted.metadata or {}).items())
