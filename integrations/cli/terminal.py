"""The conversation at the keyboard: lines in, answers out, until there are no more."""

import asyncio
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.services import open_agent
from assetql.domain.approval import ApprovalStatus
from assetql.domain.errors import AssetQLError, InvalidInput
from assetql.domain.identity import Principal
from assetql.services import Services
from integrations.cli.attachments import attach
from integrations.cli.conversation import Talk
from integrations.cli.output import console, show_error
from integrations.cli.watching import watch_batch

_HELP = (
    "Write what you need. [bold]/attach FILE…[/] adds references or a CSV to your next message, "
    "[bold]/quit[/] ends."
)
_PROMPT = "[bold cyan]you>[/] "
Working = Callable[[], bool]


def converse(
    services: Services, caller: Principal, thread: str, working: Working | None = None
) -> None:
    """Reads lines and answers them. `working` says whether workers run, where some were started."""
    agent = open_agent(services)
    try:
        with asyncio.Runner() as runner:
            _Session(Talk(agent, caller, thread), runner, working).run()
    finally:
        agent.close()


@dataclass
class _Session:
    """One thread, from the first line to the last; `waiting` are the approvals it asked for."""

    talk: Talk
    runner: asyncio.Runner
    working: Working | None
    uploads: tuple[str, ...] = ()
    waiting: list[str] = field(default_factory=list[str])

    def run(self) -> None:
        console.print(_HELP)
        if self.talk.has_news():
            self._turn(None)
        while (line := _next_line()) is not None and line != "/quit":
            if line.split(maxsplit=1)[:1] == ["/attach"]:
                self._attach(line)
            elif line:
                self._turn(line)
                self._follow_answers()

    def _turn(self, line: str | None) -> None:
        """Ctrl-C stops the turn, not the conversation."""
        turn = self.talk.listen() if line is None else self.talk.say(line, self.uploads)
        try:
            asked = self.runner.run(turn)
        except KeyboardInterrupt:
            console.print("\n[dim]Stopped; what was done is kept.[/]")
            return
        self.uploads = ()
        self.waiting += asked
        if asked:
            console.print("[dim]Answer yes or no when you like; the conversation goes on.[/]")

    def _follow_answers(self) -> None:
        """Watches what a typed yes has started."""
        services, caller = self.talk.agent.services, self.talk.caller
        for approval_id in list(self.waiting):
            approval = services.stores.approvals.get(caller.workspace, approval_id)
            status = approval.status_at(services.clock.now()) if approval else None
            if status is ApprovalStatus.PENDING:
                continue
            self.waiting.remove(approval_id)
            if approval and status is ApprovalStatus.APPROVED:
                self._follow(approval.batch_id)

    def _follow(self, batch_id: str) -> None:
        if self.working is None:
            console.print("[bold]assetql worker --until-idle[/] makes the images.")
            return
        console.print("[dim]Ctrl-C goes on with the conversation meanwhile.[/]")
        try:
            watch_batch(batch_id, self.talk.agent.services, self.talk.caller, working=self.working)
        except KeyboardInterrupt:
            console.print(f"[dim]{batch_id} goes on.[/]")
        except AssetQLError as error:
            show_error(error)
        else:
            self._turn(None)

    def _attach(self, line: str) -> None:
        services = self.talk.agent.services
        try:
            paths = _paths(line)
            self.uploads += attach(paths, services, self.talk.caller, self.talk.thread_id)
        except AssetQLError as error:
            show_error(error)
            return
        names = ", ".join(path.name for path in paths)
        console.print(f"Attached to your next message: {names}", markup=False)


def _next_line() -> str | None:
    """What was typed, or None at the end; lines that come through a pipe are shown."""
    try:
        line = console.input(_PROMPT).strip()
    except EOFError:
        console.print()
        return None
    except KeyboardInterrupt:
        console.print()
        raise
    if not sys.stdin.isatty():
        console.print(line, markup=False)
    return line


def _paths(line: str) -> list[Path]:
    """The files that an /attach line names. Raises: InvalidInput."""
    try:
        paths = [Path(part).expanduser() for part in shlex.split(line)[1:]]
    except ValueError as error:
        raise InvalidInput(
            f"{line!r} can't be read: {error}.", remedy="Mind the quotes."
        ) from error
    if not paths:
        raise InvalidInput("No file to attach.", remedy="Write /attach FILE…")
    return paths
