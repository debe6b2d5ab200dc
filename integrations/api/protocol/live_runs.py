"""Runs that this process carries out: each a task with its events, whoever listens to them."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from agent.inbox import NewMessage
from agent.services import AgentServices
from agent.turn import run_turn
from assetql.domain.door_record import RecordKind
from assetql.domain.errors import AssetQLError, NotFound, RateLimited
from assetql.domain.identity import Principal
from assetql.telemetry.events import EventLog
from integrations.api.protocol import wire
from integrations.api.protocol.assistant import ASSISTANT_ID, GRAPH_ID
from integrations.api.protocol.run_records import Error, Run, RunRecords
from integrations.api.protocol.states import States

MOST_RUNS = 256  # of one process
_REMEMBERED = 64  # runs that have ended, whose events can still be read again
_DRAIN = 10.0  # seconds that runs get to end by themselves at shutdown
_EVENTS = EventLog(__name__)
_FAULT: Error = {"error": "error", "message": "Something went wrong that nobody foresaw."}
Busy = Literal["wait", "reject"]
AtEnd = Callable[[], Awaitable[None]]


@dataclass(eq=False)
class LiveRun:
    """A run and its events so far. Touched by the event loop alone."""

    run: Run
    caller: Principal
    folding: wire.Wire
    events: list[wire.Event] = field(default_factory=list[wire.Event])
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: AssetQLError | None = None  # why the thread did not take it
    task: "asyncio.Task[None] | None" = None
    at_end: AtEnd | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        """Whether nothing comes any more."""
        return bool(self.events) and self.events[-1] is wire.END

    @property
    def shown(self) -> Run:
        """The run as it stands."""
        if self.run.status == "pending" and self.begun.is_set():
            return self.run.now("running")
        return self.run

    @property
    def last_values(self) -> object:
        """The newest values among its events."""
        return next((e.data for e in reversed(self.events) if e.mode == "values"), None)

    @property
    def newest(self) -> int:
        """Behind which number a newcomer reads: what is to come, or how it ended."""
        if not self.over:
            return len(self.events)
        numbers = (n for n, e in enumerate(self.events) if e.mode == "values")
        return max(numbers, default=len(self.events) - 1)

    def add(self, event: wire.Event) -> None:
        """One more event for whoever listens."""
        self.events.append(event)
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, *, behind: int) -> AsyncGenerator[tuple[int, wire.Event]]:
        """Its events behind that number, each with its own, until the last."""
        number = behind
        while True:
            news = self._news
            while number < len(self.events):
                event = self.events[number]
                number += 1
                yield number, event
            if self.over:
                return
            await news.wait()

    async def ended(self) -> Run:
        """The run, once it is over."""
        while not self.over:
            await self._news.wait()
        return self.run

    def cancel(self) -> None:
        """The turn is cut off; its thread stays usable."""
        if self.task:
            self.task.cancel()


class LiveRuns:
    """All of them, and those that ended of late."""

    def __init__(self, agent: AgentServices) -> None:
        self.agent = agent
        self.records = RunRecords(agent.services.stores.doors)
        self._live: dict[str, LiveRun] = {}
        self._ended: OrderedDict[str, LiveRun] = OrderedDict()
        self.changed_at = agent.services.clock.now()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """While the app runs; on leaving, runs end by themselves or hand their threads back."""
        try:
            yield
        finally:
            tasks = [live.task for live in self._live.values() if live.task]
            if tasks:
                _, slow = await asyncio.wait(tasks, timeout=_DRAIN)
                for task in slow:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def get(self, workspace: str, thread_id: str, run_id: str) -> LiveRun | None:
        """One that runs here or ended here of late."""
        live = self._live.get(run_id) or self._ended.get(run_id)
        of_it = live and (live.run.workspace, live.run.thread_id) == (workspace, thread_id)
        return live if of_it else None

    def in_thread(self, workspace: str, thread_id: str) -> list[LiveRun]:
        """Those that have not ended."""
        return [
            live
            for live in self._live.values()
            if (live.run.workspace, live.run.thread_id) == (workspace, thread_id)
        ]

    @property
    def busy(self) -> bool:
        """Whether any is under way."""
        return bool(self._live)

    def require_room(self) -> None:
        """Raises: RateLimited."""
        if len(self._live) >= MOST_RUNS:
            raise RateLimited(
                f"{MOST_RUNS} runs are under way here.", retry_after=5, remedy="Try again soon."
            )

    async def start(
        self,
        run: Run,
        *,
        caller: Principal,
        message: NewMessage | None,
        busy: Busy,
        at_end: AtEnd | None = None,
    ) -> LiveRun:
        """Carries it out in the background, and `at_end` behind it. Raises: RateLimited."""
        self.require_room()
        about = {
            "run_id": run.run_id,
            "thread_id": run.thread_id,
            "graph_id": GRAPH_ID,
            "assistant_id": ASSISTANT_ID,
        }
        live = LiveRun(run, caller, wire.Wire(about, run.run_id), at_end=at_end)
        live.add(wire.begins(run.run_id, run.thread_id))
        self._live[run.run_id] = live
        self.changed_at = run.created_at
        try:
            await self.agent.call(self.records.add, run)
        except BaseException:
            del self._live[run.run_id]
            raise
        live.task = asyncio.create_task(self._carry_out(live, message, busy))
        await asyncio.sleep(0)  # a task that is cancelled before it began would not end its run
        return live

    async def _carry_out(self, live: LiveRun, message: NewMessage | None, busy: Busy) -> None:
        status, error = "success", None
        try:
            await self._turn(live, message, busy)
        except asyncio.CancelledError:
            status = "interrupted"
        except AssetQLError as refused:
            live.refusal = refused
            status, error = "error", {"error": refused.code, "message": str(refused)}
        except Exception as fault:  # noqa: BLE001 - the run must still end
            _EVENTS.crash("run.crashed", fault, thread=live.run.thread_id)
            status, error = "error", _FAULT
        await self._end(live, status, error)

    async def _turn(self, live: LiveRun, message: NewMessage | None, busy: Busy) -> None:
        run = live.run
        parts = run_turn(
            self.agent, caller=live.caller, thread_id=run.thread_id, message=message, busy=busy
        )
        known = False
        async with aclosing(parts) as stream:
            async for part in stream:
                live.begun.set()
                if part["type"] == "updates" and not known:
                    known = True
                    live.folding.messages = await self._states(run).messages(run.thread_id)
                for event in live.folding.feed(part):
                    live.add(event)

    async def _end(self, live: LiveRun, status: str, error: Error | None) -> None:
        """The last events, and the record. Cancelled now, it still ends."""
        run = live.run
        try:
            if status != "error":
                await self._show_end(live)
        except AssetQLError as fault:
            status, error = "error", {"error": fault.code, "message": str(fault)}
        live.run = run.ended(status, self.agent.services.clock.now(), error)
        try:
            await self.agent.call(self._keep, live)
        except AssetQLError as fault:  # it shows as lost, and the events as they were
            _EVENTS.warning("run.not_kept", fault, thread=run.thread_id)
        if error:
            live.add(wire.failed(error))
        await self._follow(live)
        self._leave(live)
        live.begun.set()
        live.add(wire.END)

    def _keep(self, live: LiveRun) -> None:
        """Its record as it ended; none where its thread was deleted before the turn began."""
        services, run = self.agent.services, live.run
        if isinstance(live.refusal, NotFound):
            now = services.clock.now()
            stone = services.stores.doors.get(
                run.workspace, RecordKind.THREAD, run.thread_id, now=now
            )
            if stone and stone.document.get("deleted"):
                self.records.delete(run)
                return
        self.records.save(run)

    async def _follow(self, live: LiveRun) -> None:
        if live.at_end is None:
            return
        try:
            await live.at_end()
        except AssetQLError as fault:
            _EVENTS.warning("run.not_followed", fault, thread=live.run.thread_id)

    async def _show_end(self, live: LiveRun) -> None:
        states = self._states(live.run)
        waiting = await states.interrupts(live.run.thread_id)
        if waiting:
            live.add(wire.interrupts(waiting))
        live.add(wire.final(await states.messages(live.run.thread_id), waiting))

    def _leave(self, live: LiveRun) -> None:
        del self._live[live.run.run_id]
        self._ended[live.run.run_id] = live
        self.changed_at = live.run.updated_at
        while len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)

    def forget(self, run_id: str) -> None:
        """One that has ended is not to be read again."""
        self._ended.pop(run_id, None)

    def _states(self, run: Run) -> States:
        return States(self.agent, run.workspace)
