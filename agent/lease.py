"""Holding a thread: one turn at a time, in the order of its inbox."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

from agent.services import AgentServices
from assetql.domain.errors import StaleClaim, Unavailable
from assetql.domain.thread import InboxMessage, TurnLease
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
_FIRST_LOOK = 0.02
_LAST_LOOK = 0.5
Begun = tuple[InboxMessage | None, TurnLease | None]


def acquire(agent: AgentServices, workspace: str, thread_id: str) -> TurnLease | None:
    """The thread's lease, or None while another turn holds it."""
    now = agent.services.clock.now()
    return agent.services.stores.turns.acquire(
        workspace,
        thread_id,
        holder=uuid4().hex,
        until=now + _duration(agent),
        now=now,
    )


def post_and_acquire(
    agent: AgentServices, message: InboxMessage
) -> tuple[InboxMessage, TurnLease | None]:
    """The message as it is stored, and its thread's lease, or None while another turn holds it."""
    now = agent.services.clock.now()
    return agent.services.stores.inbox.begin_turn(
        message, holder=uuid4().hex, until=now + _duration(agent), now=now
    )


def release(agent: AgentServices, lease: TurnLease) -> None:
    """Gives back a lease under which nothing was done."""
    agent.services.stores.turns.finish(lease, consumed=lease.consumed)


async def begin(agent: AgentServices, start: Callable[[], Begun]) -> Begun:
    """Runs `start` on another thread; where it is cancelled meanwhile, its lease is given back."""
    starting = asyncio.ensure_future(agent.call(start))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        _, lease = await starting
        if lease:
            await agent.call(release, agent, lease)
        raise


async def wait_for_turn(
    agent: AgentServices, workspace: str, thread_id: str, posted: InboxMessage | None
) -> TurnLease | None:
    """The thread's lease, or None once another turn has answered `posted`."""
    pause = _FIRST_LOOK
    while True:
        held = await agent.call(agent.services.stores.turns.get, workspace, thread_id)
        if posted and held and held.consumed >= posted.position:
            return None
        _, lease = await begin(agent, lambda: (None, acquire(agent, workspace, thread_id)))
        if lease:
            return lease
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LAST_LOOK)


@asynccontextmanager
async def heartbeat(agent: AgentServices, lease: TurnLease) -> AsyncGenerator[None]:
    """Extends the lease while the block runs."""
    beating = asyncio.create_task(_beat(agent, lease))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(agent: AgentServices, lease: TurnLease) -> None:
    while True:
        await asyncio.sleep(agent.services.settings.turn_lease_seconds / 3)
        until = agent.services.clock.now() + _duration(agent)
        try:
            await agent.call(agent.services.stores.turns.extend, lease, until=until)
        except StaleClaim:
            # The saver refuses what this turn still writes, so it ends by itself.
            _EVENTS.warning("turn.overtaken", **_ids(lease))
            return
        except Unavailable as error:
            _EVENTS.warning("turn.not_prolonged", error, **_ids(lease))


def _ids(lease: TurnLease) -> dict[str, str | int]:
    return {"workspace": lease.workspace, "thread": lease.thread_id, "turn": lease.token}


def _duration(agent: AgentServices) -> timedelta:
    return timedelta(seconds=agent.services.settings.turn_lease_seconds)
