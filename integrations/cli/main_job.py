"""The main job on the shipped example, through the assistant: what `assetql demo` runs."""

import asyncio
import shlex
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from agent.model import OFFLINE
from agent.services import open_agent
from assetql.domain.batch import Batch, BatchStatus, FollowUpKind, FollowUpStatus
from assetql.domain.errors import Unavailable
from assetql.domain.identity import Principal
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import BatchReport, find_batch
from assetql.pipeline.export import Package, get_package
from assetql.services import Services
from assetql.settings import Settings
from integrations.cli.attachments import attach
from integrations.cli.conversation import Talk
from integrations.cli.examples import LIST, REFERENCES
from integrations.cli.export import save_package
from integrations.cli.files import writable
from integrations.cli.output import console
from integrations.cli.pictures import can_draw, thumbnail_strip
from integrations.cli.session import new_key
from integrations.cli.watching import watch_batch
from integrations.cli.workers import image_makers

ASK = (
    "Use these three images as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package and a sprite atlas."
)
ASK_AGAIN = "Some of them failed, run those again, then export for Unity and as a sprite atlas."
_TRIES = 4
_WORKERS = 2
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Finished:
    """What the demo ends with."""

    report: BatchReport
    package: Package
    tagged: int


def run_main_job(out: Path, services: Services, caller: Principal) -> None:
    """Runs it in a thread of its own, unpacks the pictures and says what to try next."""
    with writable(out):
        out.mkdir(parents=True, exist_ok=True)
    agent = open_agent(services)
    try:
        talk = Talk(agent, caller, f"demo-{new_key()[-8:].casefold()}")
        with asyncio.Runner() as runner:
            finished = _main_job(talk, runner)
    finally:
        agent.close()
    archive = out / finished.package.filename
    save_package(finished.package, archive, services)
    pictures = _unpack(archive, out)
    _show_pictures(finished.report.batch, talk)
    _tell_what_next(finished, [*pictures, archive], services.settings)


def _main_job(talk: Talk, runner: asyncio.Runner) -> Finished:
    files = [LIST, *REFERENCES]
    uploads = attach(files, talk.agent.services, talk.caller, talk.thread_id)
    _you(ASK, f"attached: {', '.join(path.name for path in files)}")
    approvals = runner.run(talk.say(ASK, uploads))
    for _ in range(_TRIES):
        for approval_id in approvals:
            _approve(approval_id, talk)
        report = _make(talk)
        runner.run(talk.listen())
        if report.status is BatchStatus.READY:
            return _finished(report, talk)
        _you(ASK_AGAIN)
        approvals = runner.run(talk.say(ASK_AGAIN))
    raise Unavailable(f"Images failed {_TRIES} times.", remedy="Run it again.")


def _you(text: str, aside: str = "") -> None:
    console.print(f"\n[bold cyan]you>[/] {text}" + (f"\n[dim]{aside}[/]" if aside else ""))


def _approve(approval_id: str, talk: Talk) -> None:
    services = talk.agent.services
    _you(f"[dim](approves {approval_id})[/]")
    answer_approval(
        approval_id,
        approve=True,
        caller=talk.caller,
        stores=services.stores,
        clock=services.clock,
    )


def _make(talk: Talk) -> BatchReport:
    services = talk.agent.services
    batch = find_batch(None, caller=talk.caller, stores=services.stores, thread_id=talk.thread_id)
    with image_makers(services.settings, workers=_WORKERS) as working:
        return watch_batch(batch.batch_id, services, talk.caller, working=working)


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


def _unpack(archive: Path, out: Path) -> list[Path]:
    """The pictures that people look at first, beside the package."""
    pictures: list[Path] = []
    with zipfile.ZipFile(archive) as package:
        for name in package.namelist():
            picture = Path(name)
            if picture.suffix == ".png" and ("contact" in name or picture.parts[0] == "atlas"):
                target = out / picture.name
                with package.open(name) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
                pictures.append(target)
    return pictures


def _show_pictures(batch: Batch, talk: Talk) -> None:
    if can_draw(console):
        stores = talk.agent.services.stores
        page = stores.assets.page(batch.workspace, batch.batch_id, limit=batch.quote.images)
        spread = page.items[:: max(1, len(page.items) // _SHOWN)]
        thumbnails = [stores.objects.get(asset.thumbnail_key) for asset in spread]
        console.print(thumbnail_strip(thumbnails, console), end="")


def _tell_what_next(finished: Finished, files: list[Path], settings: Settings) -> None:
    counts, package = finished.report.counts, finished.package
    console.print(
        f"\n[bold green]{counts.READY} of {counts.total} READY[/], {finished.tagged} tagged, "
        f"{package.files} files for {' and '.join(package.presets)}:"
    )
    for path in files:
        console.print(f"  {path}", markup=False, soft_wrap=True)
    command = _how_to_call(settings.home)
    console.print(f"\n{_who_did_it(settings)} Try next:")
    for words in (
        'search "red potion"',
        f"export {finished.report.batch.batch_id} --preset godot --out godot.zip",
        "up",
        "doctor",
    ):
        console.print(f"  {command} {words}", markup=False, soft_wrap=True)


def _who_did_it(settings: Settings) -> str:
    if (settings.image_backend, settings.chat_model) == ("placeholder", OFFLINE):
        return (
            "The pictures are drawn by the built-in placeholder, the assistant is the built-in "
            "planner; [bold]doctor[/] says how to use real models."
        )
    return (
        f"The pictures come from {escape(settings.image_backend)}, "
        f"the assistant is {escape(settings.chat_model)}."
    )


def _how_to_call(home: Path) -> str:
    """What to type here: the data's home, unless it is the usual one, and where the command is."""
    called = Path(sys.argv[0]).absolute()
    on_path = shutil.which("assetql")
    found = on_path is not None and Path(on_path).absolute() == called
    name = "assetql" if found else str(_from_here(called))
    usual = Settings.model_fields["home"].get_default(call_default_factory=True)
    prefix = "" if home == usual else f"ASSETQL_HOME={shlex.quote(str(_from_here(home)))} "
    return f"{prefix}{name}"


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
