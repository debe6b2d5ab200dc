"""The main job on the shipped example, through the assistant: what `assetql demo` runs."""

import asyncio
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from agent.services import open_agent
from assetql.domain.batch import Batch, BatchStatus, FollowUpKind, FollowUpStatus
from assetql.domain.errors import Unavailable
from assetql.domain.identity import Principal
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import BatchReport, find_batch
from assetql.pipeline.export import Package, get_package
from assetql.services import Services
from integrations.cli.attachments import attach
from integrations.cli.conversation import Talk
from integrations.cli.examples import LIST, REFERENCES
from integrations.cli.export import save_package
from integrations.cli.output import console
from integrations.cli.pictures import can_draw, thumbnail_strip
from integrations.cli.session import new_key
from integrations.cli.watching import watch_batch
from integrations.cli.workers import worker_processes

ASK = (
    "Use these three images as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package and a sprite atlas."
)
ASK_AGAIN = "Some of them failed, run those again, then export for Unity and as a sprite atlas."
_TRIES = 4
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Finished:
    """What the demo ends with."""

    report: BatchReport
    package: Package
    tagged: int


def run_main_job(out: Path, services: Services, caller: Principal) -> None:
    """Runs it in a thread of its own, unpacks the pictures and says what to try next."""
    agent = open_agent(services)
    try:
        talk = Talk(agent, caller, f"demo-{new_key()[-8:].casefold()}")
        finished = asyncio.run(_main_job(talk))
    finally:
        agent.close()
    save_package(finished.package, out / finished.package.filename, services)
    _unpack(out / finished.package.filename, out)
    _show_pictures(finished.report.batch, talk)
    _tell_what_next(finished, out, services.settings.home)


async def _main_job(talk: Talk) -> Finished:
    services = talk.agent.services
    uploads = attach([LIST, *REFERENCES], services, talk.caller, talk.thread_id)
    ask, tries = ASK, 0
    while True:
        tries += 1
        console.print(f"[bold cyan]you>[/] {ask}")
        if uploads:
            names = ", ".join(path.name for path in (LIST, *REFERENCES))
            console.print(f"[dim]attached: {names}[/]")
        for approval_id in await talk.say(ask, uploads):
            console.print(f"[bold cyan]you>[/] [dim](approves {approval_id})[/]")
            answer_approval(
                approval_id,
                approve=True,
                caller=talk.caller,
                stores=services.stores,
                clock=services.clock,
            )
        report = await asyncio.to_thread(_make, talk)
        await talk.listen()
        if report.status is BatchStatus.READY:
            return _finished(report, talk)
        if tries == _TRIES:
            raise Unavailable(
                f"{report.batch.batch_id} is {report.status}.", remedy="Run it again."
            )
        ask, uploads = ASK_AGAIN, ()


def _make(talk: Talk) -> BatchReport:
    services = talk.agent.services
    batch = find_batch(None, caller=talk.caller, stores=services.stores, thread_id=talk.thread_id)
    with worker_processes(_WORKERS):
        return watch_batch(batch.batch_id, services, talk.caller)


def _finished(report: BatchReport, talk: Talk) -> Finished:
    services = talk.agent.services
    done = [f for f in report.follow_ups if f.status is FollowUpStatus.DONE]
    export = next(f for f in reversed(done) if f.kind is FollowUpKind.EXPORT)
    package = get_package(
        str(export.result["export_id"]), caller=talk.caller, stores=services.stores
    )
    page = services.stores.assets.page(
        talk.caller.workspace, report.batch.batch_id, limit=report.counts.total
    )
    return Finished(report, package, sum(bool(asset.tags.names) for asset in page.items))


def _unpack(archive: Path, out: Path) -> None:
    """The pictures that people look at first, beside the package."""
    with zipfile.ZipFile(archive) as package:
        for name in package.namelist():
            picture = Path(name)
            if picture.suffix == ".png" and ("contact" in name or picture.parts[0] == "atlas"):
                with package.open(name) as source, (out / picture.name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def _show_pictures(batch: Batch, talk: Talk) -> None:
    if can_draw(console):
        stores = talk.agent.services.stores
        assets = stores.assets.page(batch.workspace, batch.batch_id, limit=12).items
        console.print(
            thumbnail_strip([stores.objects.get(a.thumbnail_key) for a in assets], console)
        )


def _tell_what_next(finished: Finished, out: Path, home: Path) -> None:
    counts, package = finished.report.counts, finished.package
    console.print(
        f"[bold green]{counts.READY} of {counts.total} READY[/], {finished.tagged} tagged, "
        f"{package.files} files for {' and '.join(package.presets)}."
    )
    for path in [*sorted(out.glob("*.png")), out / package.filename]:
        console.print(f"  {path}", markup=False, highlight=False)
    prefix = f"ASSETQL_HOME={home} assetql"
    console.print(
        "The pictures are drawn by the built-in placeholder, the assistant is the built-in "
        "planner; [bold]assetql doctor[/] says how to use real models. Try next:"
    )
    for command in (
        'search "red potion"',
        f"export {finished.report.batch.batch_id} --preset godot --out godot.zip",
        "up",
    ):
        console.print(f"  {prefix} {command}", markup=False, highlight=False)
