"""Processes that run one turn and kill themselves at a point: `dying_process.py HOME POINT…`.

Each point gets a process of its own, forked before any thread is started, and the home HOME/POINT.
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
from typing import Annotated

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, tool

from agent import turn
from agent.events import chat_events
from agent.inbox import NewMessage
from agent.savers.fence import Fence
from agent.savers.sqlite import FencedSqliteSaver
from agent.scripted import ScriptedModel
from agent.services import open_agent
from assetql.domain.identity import Principal, Role
from assetql.services import open_services
from assetql.settings import Settings

OWNER = Principal("default", "ann", frozenset({Role.OWNER}))


@dataclass
class Grave:
    """Where this process works, and where it dies."""

    home: Path = Path()
    point: str = ""


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


class DyingSaver(FencedSqliteSaver):
    """Dies around its nth write."""

    writes = 0

    @contextmanager
    def _fenced(self, fence: Fence) -> Generator[None]:
        self.writes += 1
        reached(f"before write {self.writes}")
        with super()._fenced(fence):
            yield
        reached(f"after write {self.writes}")


async def main() -> None:
    """One turn."""
    services = open_services(Settings(home=GRAVE.home, turn_lease_seconds=0.2))
    agent = open_agent(services, model=ScriptedModel(script=script), tools=[spend])
    agent.saver.__class__ = DyingSaver
    message = NewMessage(message_id="m1", text="spend")
    reached("before the message is stored")
    parts = turn.run_turn(agent, caller=OWNER, thread_id="t", message=message)
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
