"""assetql export: pack assets for engines and platforms into a ZIP of your choice."""

import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.markup import escape

from assetql.domain.errors import Conflict, InvalidInput
from assetql.domain.identity import Principal
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.export import Package, request_export
from assetql.pipeline.workflow import close_batch
from assetql.services import Services, workflow_of
from integrations.cli.files import require_writable, writable
from integrations.cli.output import console, errors, explained, print_json
from integrations.cli.session import new_key, opened
from integrations.cli.watching import image_bar


def export(
    what: Annotated[
        list[str], typer.Argument(metavar="BATCH|ASSET…", help="One batch, or assets.")
    ],
    preset: Annotated[list[str], typer.Option(help="For what: unity, atlas, …; repeatable.")],
    out: Annotated[Path, typer.Option(help="The ZIP to write.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Pack a batch or assets, in one or more presets."""
    with explained(as_json=as_json), opened() as (services, caller):
        require_writable(out)
        package = pack(what, preset, services, caller)
        save_package(package, out, services)
        if as_json:
            print_json({"out": str(out), **asdict(package)})
        else:
            _show(package, out)


def pack(what: list[str], presets: list[str], services: Services, caller: Principal) -> Package:
    """Packs one batch that has ended, or the assets named. Raises: Conflict while it runs."""
    batches = [name for name in what if name.startswith("bat_")]
    if batches and len(what) > 1:
        raise InvalidInput("An export takes one batch, or assets.", remedy="Export them in turn.")
    if batches:
        _require_ended(batches[0], services, caller)
    with image_bar() as bar:
        packing = bar.add_task("Packing", total=None)
        outcome = request_export(
            presets=presets,
            caller=caller,
            stores=services.stores,
            clock=services.clock,
            key=new_key(),
            batch_id=batches[0] if batches else None,
            asset_ids=[] if batches else what,
            progress=lambda done, total: bar.update(packing, completed=done, total=total),
        )
    assert outcome.package is not None
    return outcome.package


def save_package(package: Package, out: Path, services: Services) -> None:
    """Copies the package's ZIP to `out`, whole or not at all. Raises: InvalidInput.

    A link is followed; a device or a pipe is left alone, for a file would take its place.
    """
    out = Path(os.path.realpath(out))
    if out.exists() and not out.is_file() and not out.is_dir():
        raise InvalidInput(f"{str(out)!r} is no file.", remedy="Name a file, new or to replace.")
    part = out.with_name(f"{out.name}.part")
    with services.stores.objects.open(package.key) as source, writable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as target:
                shutil.copyfileobj(source, target)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _show(package: Package, out: Path) -> None:
    size = decimal(package.bytes)
    what = f"{out}: {package.assets} assets, {package.files} files, {size}"
    console.print(what, markup=False, soft_wrap=True)
    console.print(f"sha256 {package.sha256}", markup=False, soft_wrap=True)
    for warning in package.warnings:
        errors.print(f"[yellow]![/] {escape(warning)}")


def _require_ended(batch_id: str, services: Services, caller: Principal) -> None:
    batch = get_batch(batch_id, caller=caller, stores=services.stores)
    begun = batch.started_at or batch.cancelled_at
    if not begun or not close_batch(batch.workspace, batch_id, workflow_of(services)):
        raise Conflict(
            f"{batch_id} has not ended yet.",
            remedy=f"Watch it (assetql batch watch {batch_id}), then export it.",
        )
