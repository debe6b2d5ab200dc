"""Runs as they stand, wherever they are carried out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from assetql.domain.errors import NotFound
from assetql.domain.identity import Principal
from integrations.api.protocol import wire
from integrations.api.protocol.answers import RunOut
from integrations.api.protocol.assistant import ASSISTANT_ID
from integrations.api.protocol.live_runs import LiveRun, LiveRuns
from integrations.api.protocol.run_records import Run
from integrations.api.protocol.starting import trust
from integrations.api.protocol.states import States

_LOOK = 0.5  # seconds between looks at a run of another process
UNDER_WAY = ("pending", "running")


@dataclass(frozen=True, slots=True)
class ThreadRuns:
    """The runs of one thread, which exists."""

    runs: LiveRuns
    caller: Principal
    thread_id: str

    async def all(self) -> list[Run]:
        """Newest first."""
        return await self.runs.agent.call(self._all)

    async def find(self, run_id: str) -> Run:
        """Raises: NotFound."""
        live = self.live(run_id)
        if live and not live.over:
            return live.shown
        found = await self.runs.agent.call(self._kept, run_id)
        if found is None:
            raise NotFound("run", run_id, remedy="The thread's runs list those there are.")
        return found

    def live(self, run_id: str) -> LiveRun | None:
        """The run, where this process carries it out or did of late."""
        return self.runs.get(self.caller.workspace, self.thread_id, run_id)

    async def ended(self, run_id: str) -> Run:
        """The run, once it is over. Raises: NotFound."""
        live = self.live(run_id)
        if live:
            return await live.ended()
        while (run := await self.find(run_id)).status in UNDER_WAY:
            await asyncio.sleep(_LOOK)
        return run

    async def values(self, run_id: str) -> dict[str, Any]:
        """What `wait` and `join` answer: the values that a run left, or its error."""
        run = await self.ended(run_id)
        if run.error:
            return {"__error__": dict(run.error)}
        live = self.live(run_id)
        last = live.last_values if live else None
        if last is None:
            last = (await self._final()).data
        return cast("dict[str, Any]", last)

    async def read(
        self, run_id: str, modes: Collection[str], behind: int | None
    ) -> AsyncIterator[bytes]:
        """Its events, of those modes; behind None only those to come, or how it ended."""
        live = self.live(run_id)
        if live:
            events = live.follow(behind=live.newest if behind is None else behind)
        else:
            events = self._how_it_ended(run_id, behind or 0)
        async with aclosing(events) as shown:
            async for number, event in shown:
                if event.mode == wire.ALWAYS or event.mode in modes:
                    yield event.encoded(number)

    async def _how_it_ended(
        self, run_id: str, behind: int
    ) -> AsyncGenerator[tuple[int, wire.Event]]:
        run = await self.ended(run_id)
        failed = [wire.failed(run.error)] if run.error else []
        last = [await self._final(), *failed, wire.END]
        for numbered in enumerate(last, start=behind + 1):
            yield numbered

    async def _final(self) -> wire.Event:
        states = States(self.runs.agent, self.caller.workspace)
        waiting = await states.interrupts(self.thread_id)
        return wire.final(await states.messages(self.thread_id), waiting)

    def _kept(self, run_id: str) -> Run | None:
        now = self.runs.agent.services.clock.now()
        run = self.runs.records.get(self.caller.workspace, self.thread_id, run_id, now)
        return self._as_it_stands(run) if run else None

    def _all(self) -> list[Run]:
        now = self.runs.agent.services.clock.now()
        kept = self.runs.records.of_thread(self.caller.workspace, self.thread_id, now)
        return [self._as_it_stands(run) for run in kept]

    def _as_it_stands(self, run: Run) -> Run:
        if run.status != "pending":
            return run
        live = self.live(run.run_id)
        if live:
            return live.shown
        services = self.runs.agent.services
        lease = services.stores.turns.get(run.workspace, run.thread_id)
        return run.without_process(lease, services.clock.now(), trust(self.runs.agent))


def run_out(run: Run) -> RunOut:
    """The run as clients read it."""
    return RunOut(
        run_id=run.run_id,
        thread_id=run.thread_id,
        assistant_id=ASSISTANT_ID,
        created_at=run.created_at,
        updated_at=run.updated_at,
        status=cast("Any", run.status),
        metadata=dict(run.metadata),
        multitask_strategy=run.strategy,
    )
