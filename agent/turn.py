"""run_turn: the one way every door talks to the agent.

A message is in the thread's inbox before anything else happens. One turn at a time holds the
thread's lease; its token fences each checkpoint. A turn first resumes what a crash cut short,
then takes every inbox message that is not taken yet, in order.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphRecursionError
from langgraph.types import StateSnapshot

from agent.context import AgentContext
from agent.events import GraphPart, custom
from agent.graph import MOST_STEPS
from agent.inbox import NewMessage, addressed, asked_by, by_author, compose, notices, upload_ids
from agent.lease import (
    Begun,
    acquire,
    begin,
    heartbeat,
    post_and_acquire,
    release,
    wait_for_turn,
)
from agent.observed import observed
from agent.savers.fence import TURN, reading_config, thread_config
from agent.services import AgentServices
from agent.state import ThreadState, next_input
from agent.typed_answers import take_typed_answer, typed_answer
from assetql.domain.errors import AssetQLError, StaleClaim, ThreadBusy
from assetql.domain.identity import Principal
from assetql.domain.thread import InboxMessage, TurnLease
from assetql.domain.upload import Upload
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
MOST_RESUMES = 3
Parts = AsyncGenerator[GraphPart, None]


async def run_turn(
    services: AgentServices,
    *,
    caller: Principal,
    thread_id: str,
    message: NewMessage | None,
    busy: Literal["wait", "reject"] = "wait",
) -> Parts:
    """Answers `message`, or with None whatever waits in the inbox; yields the graph's parts.

    Close it (`contextlib.aclosing`) when you stop reading. With `busy="reject"` a message that
    meets a running turn is not stored. Raises: ThreadBusy; InvalidInput and NotFound for the
    message; ModelUnavailable; StaleClaim where a newer turn took over.
    """
    door = _Door(services, caller, thread_id)
    if busy == "wait":
        posted, lease = await begin(services, lambda: door.begin(message))
        lease = lease or await wait_for_turn(services, caller.workspace, thread_id, posted)
    else:
        posted, lease = await begin(services, door.take)
        if lease is None:
            raise ThreadBusy(
                f"Thread {thread_id!r} is answering another message.",
                remedy="Send it again when that is done; nothing was stored.",
            )
    if lease is None:
        yield await door.joined(posted)
        return
    turn = _Turn(door, lease)
    try:
        async with heartbeat(services, lease):
            posted = posted or await services.call(door.post, message)
            async with aclosing(observed(turn.run(posted), lease)) as parts:
                async for part in parts:
                    yield part
    finally:
        # Cancelled a second time, it still gives the thread back.
        finishing = asyncio.create_task(turn.finish())
        services.finishing.add(finishing)
        finishing.add_done_callback(services.finishing.discard)
        await asyncio.shield(finishing)


@dataclass(frozen=True)
class _Door:
    """Who talks in which thread."""

    agent: AgentServices
    caller: Principal
    thread_id: str

    def take(self) -> Begun:
        """The thread's lease, if it is free, before any message is stored."""
        return None, acquire(self.agent, self.caller.workspace, self.thread_id)

    def begin(self, message: NewMessage | None) -> Begun:
        """Stores the message, and takes the thread's lease if it is free."""
        if message is None:
            return self.take()
        posted, lease = post_and_acquire(self.agent, self._addressed(message))
        if typed_answer(posted.text) is None:
            return posted, lease
        try:
            self._take_answer(posted)
        except Exception:
            if lease:
                release(self.agent, lease)
            raise
        # The inbox may be longer by what came of the answer.
        return posted, replace(lease, newest=None) if lease else None

    def post(self, message: NewMessage | None) -> InboxMessage | None:
        if message is None:
            return None
        posted = self.agent.services.stores.inbox.post(self._addressed(message))
        self._take_answer(posted)
        return posted

    def _addressed(self, message: NewMessage) -> InboxMessage:
        stores, clock = self.agent.services.stores, self.agent.services.clock
        return addressed(
            message, thread_id=self.thread_id, caller=self.caller, stores=stores, clock=clock
        )

    def _take_answer(self, posted: InboxMessage) -> None:
        stores, clock = self.agent.services.stores, self.agent.services.clock
        take_typed_answer(posted, caller=self.caller, stores=stores, clock=clock)

    async def joined(self, posted: InboxMessage | None) -> GraphPart:
        """The answer that another turn gave to `posted`."""
        config = reading_config(self.caller.workspace, self.thread_id)
        snapshot = await self.agent.graph.aget_state(config)
        position = posted.position if posted else 0
        return custom(event="joined", reply=answer_to(position, _messages(snapshot)))


@dataclass
class _Turn:
    """One holder's time with a thread."""

    door: _Door
    lease: TurnLease
    taken: int | None = None  # known once the turn has run to its end
    spoken: list[str] = field(default_factory=list[str])  # let out, and in no message yet

    @property
    def config(self) -> RunnableConfig:
        return {**thread_config(self.lease), "recursion_limit": MOST_STEPS}

    async def run(self, posted: InboxMessage | None) -> Parts:
        snapshot = await self._snapshot()
        start = _taken(snapshot)
        answered = start
        if self._cut_short(snapshot):
            answered = self.lease.consumed
            async with aclosing(self._resume(snapshot)) as parts:
                async for part in parts:
                    yield part
            snapshot = await self._snapshot()
        if posted and posted.position <= answered:
            yield custom(event="joined", reply=answer_to(posted.position, _messages(snapshot)))
        runs = await self._waiting(max(start, self.lease.consumed), posted)
        for index, (taken, messages) in enumerate(runs):
            if index:
                snapshot = await self._snapshot()
            update = next_input(
                cast("ThreadState", snapshot.values),
                messages,
                taken=taken,
                cut_short=bool(snapshot.tasks),
            )
            async with aclosing(self._stream(update, messages)) as parts:
                async for part in parts:
                    yield part
        self.taken = runs[-1][0] if runs else start

    async def _waiting(
        self, position: int, posted: InboxMessage | None
    ) -> list[tuple[int, list[AnyMessage]]]:
        """Each author's messages behind `position`, and the position that they reach."""
        agent, lease = self.door.agent, self.lease
        if posted and position + 1 == posted.position == lease.newest:
            waiting = (posted,)  # what came since then has a turn of its own
        else:
            after = agent.services.stores.inbox.after
            waiting = await agent.call(after, lease.workspace, lease.thread_id, position)
        ids = {upload_id for message in waiting for upload_id in message.uploads}
        uploads = await agent.call(self._uploads, ids) if ids else {}
        return [(run[-1].position, compose(run, uploads.get)) for run in by_author(waiting)]

    def _uploads(self, ids: Iterable[str]) -> dict[str, Upload | None]:
        store = self.door.agent.services.stores.uploads
        return {upload_id: store.get(self.lease.workspace, upload_id) for upload_id in ids}

    def _cut_short(self, snapshot: StateSnapshot) -> bool:
        """Did a crash end the last turn? One that ended by itself has its messages consumed."""
        # `tasks`, not `next`: a task whose writes wait to be applied is no longer `next`.
        if not snapshot.tasks or _taken(snapshot) <= self.lease.consumed:
            return False
        # A step that kills its process each time must not brick the thread.
        written_by = cast("dict[str, Any]", snapshot.metadata or {}).get(TURN, 0)
        return self.lease.token - written_by <= MOST_RESUMES

    async def _resume(self, snapshot: StateSnapshot) -> Parts:
        messages = [
            message
            for message in _messages(snapshot)
            if isinstance(message, HumanMessage) and _position(message) > self.lease.consumed
        ]
        try:
            async with aclosing(self._stream(None, messages)) as parts:
                async for part in parts:
                    yield part
        except StaleClaim:
            raise
        except AssetQLError as error:  # the messages that came since still get their answer
            _EVENTS.warning("turn.resume_failed", error)
            yield custom(event="error", code=error.code, message=error.message, remedy=error.remedy)

    async def _stream(
        self, update: dict[str, object] | None, messages: Sequence[AnyMessage]
    ) -> Parts:
        """Runs the graph on behalf of who wrote `messages`; first, what the thread was told."""
        for notice in notices(messages):
            yield custom(event="notice", **notice)
        stream = self.door.agent.graph.astream(
            update,
            self.config,
            context=AgentContext(
                caller=asked_by(messages, self.door.caller),
                thread_id=self.lease.thread_id,
                services=self.door.agent.services,
                uploads=upload_ids(messages),
            ),
            stream_mode=["updates", "custom"],
            durability="sync",
            version="v2",
        )
        parts = cast("AsyncGenerator[GraphPart, None]", stream)
        try:
            async with aclosing(parts):
                async for part in parts:
                    self._listen(part)
                    yield part
        except GraphRecursionError as error:
            raise AssetQLError(
                f"The request took more than {MOST_STEPS} steps and was stopped.",
                remedy="What was done is kept. Say what to do next, in smaller parts.",
            ) from error

    def _listen(self, part: GraphPart) -> None:
        if part["type"] == "updates":
            self.spoken.clear()
        elif part["data"].get("event") == "token":
            self.spoken.append(part["data"]["text"])

    async def _snapshot(self) -> StateSnapshot:
        return await self.door.agent.graph.aget_state(self.config)

    async def finish(self) -> None:
        """Gives the thread back; what the graph has taken in counts as answered.

        Not where the process that ends has cut the turn off: the next one resumes it.
        Raises: StaleClaim for a turn that had run to its end: its answer may not be stored.
        """
        agent = self.door.agent
        try:
            consumed = max(await self._answered(), self.lease.consumed)
            await agent.saver.afinish_turn(self.config, consumed=consumed)
        except StaleClaim:
            lease = self.lease
            _EVENTS.warning(
                "turn.overtaken",
                workspace=lease.workspace,
                thread=lease.thread_id,
                turn=lease.token,
            )
            if self.taken is not None:
                raise

    async def _answered(self) -> int:
        """The position of the last message that nobody has to come back to."""
        if self.taken is not None:
            return self.taken
        if self.door.agent.ending.is_set():
            return 0
        snapshot = await self._snapshot()
        await self._keep_spoken(snapshot)
        return _taken(snapshot)

    async def _keep_spoken(self, snapshot: StateSnapshot) -> None:
        """An answer that ends before its end stays as far as people have read it."""
        said = "".join(self.spoken).rstrip()
        messages = _messages(snapshot)
        if not said or not snapshot.tasks or isinstance(messages[-1], AIMessage):
            return  # what was said is in a message, if anything was
        cut = {"messages": [AIMessage(f"{said} …")]}
        await self.door.agent.graph.aupdate_state(self.config, cut, as_node="model")


def answer_to(position: int, messages: Sequence[AnyMessage]) -> str:
    """What the assistant said after it took the inbox message at `position`."""
    found = False
    said: list[str] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            if found and said:
                break
            found = found or _position(message) >= position
        elif found and isinstance(message, AIMessage) and message.text:
            said.append(message.text)
    return "\n\n".join(said)


def _messages(snapshot: StateSnapshot) -> list[AnyMessage]:
    return cast("list[AnyMessage]", snapshot.values.get("messages", []))


def _taken(snapshot: StateSnapshot) -> int:
    return int(snapshot.values.get("taken", 0))


def _position(message: HumanMessage) -> int:
    _, _, position = (message.id or "").partition("inbox-")
    return int(position) if position.isdigit() else 0
