"""Processes that run one turn and kill themselves at a point: `dying_process.py HOME POINT…`.

Each point gets a process of its own, forked before any thread is started, the home HOME/POINT and
the thread POINT. The environment says which family, and on AWS which installation they share.
The tool's effect is keyed by its call id, as every effect of the product is: `effects` has one
line per effect, `attempts` one per time that the tool began.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, tool

from agent import turn
from agent.events import chat_events
from agent.inbox import NewMessage
from agent.savers.dynamo_items import Change, CheckpointItems
from agent.savers.fence import Fence
from agent.savers.sqlite import FencedSqliteSaver
from agent.scripted import ScriptedModel
from agent.services import open_agent
from assetql.adapters.aws.items import Item
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings

OWNER = Principal("default", "ann", frozenset({Role.OWNER}))


@dataclass
class Grave:
    """Where this process works, and where it dies."""

    home: Path = Path()
    point: str = ""
    writes: int = 0


GRAVE = Grave()


def reached(point: str) -> None:
    """Dies here, if this is the point."""
    if point == GRAVE.point:
        os.kill(os.getpid(), signal.SIGKILL)


@tool
def spend(call_id: Annotated[str, InjectedToolCallId]) -> str:
    """Has an effect, once per call."""
    with (GRAVE.home / "attempts").open("a") as file:
        file.write(f"{call_id}\n")
    reached("before the effect")
    effects = GRAVE.home / "effects"
    if not effects.exists() or call_id not in effects.read_text().split():
        with effects.open("a") as file:
            file.write(f"{call_id}\n")
    reached("after the effect")
    return "spent"


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    """Calls the tool, then says so."""
    if isinstance(messages[-1], ToolMessage):
        reached("second call of the model")
        return AIMessage("It is spent.")
    if messages[-1].text == "spend":
        reached("first call of the model")
        return AIMessage(
            "I will.", tool_calls=[{"name": "spend", "args": {}, "id": f"call-{len(messages)}"}]
        )
    return AIMessage("Hello.")


@contextmanager
def write_of(grave: Grave) -> Generator[None]:
    """Dies around the nth write of a saver."""
    grave.writes += 1
    reached(f"before write {grave.writes}")
    yield
    reached(f"after write {grave.writes}")


class DyingSqliteSaver(FencedSqliteSaver):
    @contextmanager
    def _fenced(self, fence: Fence) -> Generator[None]:
        with write_of(GRAVE), super()._fenced(fence):
            yield


class DyingItems(CheckpointItems):
    def commit(self, fence: Fence, change: Change) -> list[Item]:
        with write_of(GRAVE):
            return super().commit(fence, change)


def doom(saver: Any) -> None:
    """From now on it dies where it is told to."""
    if isinstance(saver, FencedSqliteSaver):
        saver.__class__ = DyingSqliteSaver
    else:
        saver.items = DyingItems(saver.items.table, saver.items.objects, saver.items.serde)


async def main() -> None:
    """One turn."""
    services = open_services(Settings(home=GRAVE.home, turn_lease_seconds=0.2))
    agent = open_agent(services, model=ScriptedModel(script=script), tools=[spend])
    doom(agent.saver)
    message = NewMessage(message_id="m1", text="spend")
    reached("before the message is stored")
    parts = turn.run_turn(agent, caller=OWNER, thread_id=GRAVE.point, message=message)
    async for _ in chat_events(parts):
        pass
    agent.close()
    services.close()


def run_each(root: Path, points: Sequence[str]) -> None:
    """Prints each point and the signal that ended its process (0: it lived)."""
    import_module(Settings().adapters + ".family")  # once, before the forks
    for point in points:
        GRAVE.home, GRAVE.point = root / point, point
        GRAVE.home.mkdir(parents=True)
        child = os.fork()
        if child == 0:
            asyncio.run(main())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{point}\t{os.WTERMSIG(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run_each(Path(sys.argv[1]), sys.argv[2:])
