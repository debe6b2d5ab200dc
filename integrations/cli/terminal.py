"""The conversation at the keyboard: attachments, approvals, progress."""

import asyncio
import shlex
from pathlib import Path

import typer

from agent.services import open_agent
from assetql.domain.errors import AssetQLError, InvalidInput
from assetql.domain.identity import Principal
from assetql.pipeline.approve import answer_approval
from assetql.services import Services
from integrations.cli.attachments import attach
from integrations.cli.conversation import Talk
from integrations.cli.output import console, errors
from integrations.cli.watching import watch_batch

_HELP = (
    "Write what you need. [bold]/attach FILE…[/] adds references or a CSV to your next message, "
    "[bold]/quit[/] ends."
)


async def converse(services: Services, caller: Principal, thread: str, *, working: bool) -> None:
    """Reads lines and answers them until there are no more; `working`: workers are running."""
    agent = open_agent(services)
    talk = Talk(agent, caller, thread)
    console.print(_HELP)
    uploads: tuple[str, ...] = ()
    try:
        while True:
            try:
                line = (await asyncio.to_thread(console.input, "[bold cyan]you>[/] ")).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line == "/quit":
                return
            if line.startswith("/attach"):
                uploads += _attach(line, services, caller, thread)
            elif line:
                for approval_id in await talk.say(line, uploads):
                    await _answer(approval_id, talk, working=working)
                uploads = ()
    finally:
        agent.close()


def _attach(line: str, services: Services, caller: Principal, thread: str) -> tuple[str, ...]:
    try:
        try:
            paths = [Path(part).expanduser() for part in shlex.split(line)[1:]]
        except ValueError as error:
            raise InvalidInput(
                f"{line!r} can't be read: {error}.", remedy="Mind the quotes."
            ) from error
        if not paths:
            raise InvalidInput("No file to attach.", remedy="Write /attach FILE…")
        added = attach(paths, services, caller, thread)
    except AssetQLError as error:
        errors.print(f"✗ {error}", markup=False)
        return ()
    console.print(f"attached {len(added)}: they go with your next message")
    return added


async def _answer(approval_id: str, talk: Talk, *, working: bool) -> None:
    services = talk.agent.services
    approve = await asyncio.to_thread(typer.confirm, f"Approve {approval_id}?")
    try:
        approval = answer_approval(
            approval_id,
            approve=approve,
            caller=talk.caller,
            stores=services.stores,
            clock=services.clock,
        )
    except AssetQLError as error:
        errors.print(f"✗ {error}", markup=False)
        return
    if not approve:
        console.print("Declined; nothing was spent.")
    elif working:
        console.print("[dim]Ctrl-C goes on with the conversation meanwhile.[/]")
        try:
            await asyncio.to_thread(watch_batch, approval.batch_id, services, talk.caller)
        except KeyboardInterrupt:
            return
        await talk.listen()
    else:
        console.print("Started. [bold]assetql worker --until-idle[/] makes the images.")
