"""export: READY assets become a package for one or more engines, behind a link."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, FollowUpKind
from assetql.domain.errors import InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.presets import preset_of
from assetql.domain.progress import Progress, unseen
from assetql.domain.terms import Terms
from assetql.pipeline.audit import note
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.follow_ups import schedule
from assetql.pipeline.packaging.package import write_package
from assetql.pipeline.paging import assets_of
from assetql.ports import Clock, Stores

MOST_ASSETS = 10_000
EXPORTED = "export"  # what the audit log calls it
_EXPORT_AGAIN = "Export the batch or its assets again."
_ID = re.compile(r"exp_[a-z2-7]{10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A finished export; `key` names its ZIP in the object store."""

    export_id: str
    key: str
    filename: str
    presets: tuple[str, ...]
    assets: int
    files: int
    bytes: int
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOutcome:
    """Either packed now, or scheduled for when the batch has ended."""

    scheduled: bool
    presets: tuple[str, ...]
    batch: Batch | None = None
    package: Package | None = None
    follow_up_id: str | None = None


def request_export(
    *,
    presets: Sequence[str],
    caller: Principal,
    stores: Stores,
    clock: Clock,
    key: str,
    batch_id: str | None = None,
    asset_ids: Sequence[str] = (),
    progress: Progress = unseen,
) -> ExportOutcome:
    """Packs the assets named, or a batch's; a batch that has not ended is packed once it has.

    `progress` is told each asset that is packed.

    Raises: InvalidInput for an unknown preset or nothing to pack; NotFound.
    """
    caller.require(Action.EXPORT)
    names = tuple(dict.fromkeys(preset_of(name).name for name in presets))
    if not names:
        raise InvalidInput("An export needs a preset.", remedy="Name one, such as unity.")
    if batch_id and asset_ids:
        raise InvalidInput(
            f"An export takes a batch or assets, not {batch_id!r} and {len(asset_ids):,} assets.",
            remedy="Export them in turn.",
        )
    if batch_id is None:
        assets = _named(asset_ids, caller=caller, stores=stores)
        package = _pack(assets, names, assets[0].name, caller, stores, clock, key, progress)
        return ExportOutcome(scheduled=False, presets=names, package=package)
    batch = get_batch(batch_id, caller=caller, stores=stores)
    if not batch.closed:
        follow_up = schedule(
            batch,
            FollowUpKind.EXPORT,
            key=key,
            requested_by=caller.user,
            stores=stores,
            arguments={"presets": list(names), "key": key},
        )
        if follow_up:
            return ExportOutcome(
                scheduled=True, presets=names, batch=batch, follow_up_id=follow_up.follow_up_id
            )
    package = pack_batch(
        batch, names, caller=caller, stores=stores, clock=clock, key=key, progress=progress
    )
    return ExportOutcome(scheduled=False, presets=names, batch=batch, package=package)


def pack_batch(
    batch: Batch,
    presets: Sequence[str],
    *,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    key: str,
    progress: Progress = unseen,
) -> Package:
    """Packs what is READY of a batch. Raises: InvalidInput where nothing is; NotFound."""
    if batch.workspace != caller.workspace:
        raise NotFound("batch", batch.batch_id)
    assets = tuple(assets_of(batch, stores=stores))
    if not assets:
        raise InvalidInput(
            f"{batch.batch_id} has no READY image to export.", remedy="See its status first."
        )
    return _pack(assets, presets, batch.name, caller, stores, clock, key, progress)


def get_package(export_id: str, *, caller: Principal, stores: Stores) -> Package:
    """Raises: NotFound."""
    caller.require(Action.READ)
    if not _ID.fullmatch(export_id):
        raise NotFound("export", export_id, remedy=_EXPORT_AGAIN)
    try:
        document = json.loads(stores.objects.get(_record_key(caller.workspace, export_id)))
    except NotFound as error:
        raise NotFound("export", export_id, remedy=_EXPORT_AGAIN) from error
    lists = {name: tuple(document[name]) for name in ("presets", "warnings")}
    return Package(**(document | lists))


def link_to(package: Package, *, stores: Stores, terms: Terms) -> str:
    """A link to the ZIP, signed when it is asked for."""
    return stores.objects.link(package.key, filename=package.filename, valid_for=terms.link)


def _named(asset_ids: Sequence[str], *, caller: Principal, stores: Stores) -> tuple[Asset, ...]:
    unique = tuple(dict.fromkeys(asset_ids))
    if not 1 <= len(unique) <= MOST_ASSETS:
        raise InvalidInput(
            f"Can't export {len(unique):,} assets.", remedy=f"Name 1 to {MOST_ASSETS:,}."
        )
    assets = stores.assets.get_many(caller.workspace, unique)
    missing = set(unique) - {asset.asset_id for asset in assets}
    if missing:
        raise NotFound("asset", min(missing), remedy="Search for the assets first.")
    return assets


def _pack(
    assets: Sequence[Asset],
    presets: Sequence[str],
    title: str,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    key: str,
    progress: Progress,
) -> Package:
    export_id = derived_id("exp", caller.workspace, key)
    zip_key = f"exports/{caller.workspace}/{export_id}.zip"
    facts_only = [replace(asset, embedding=()) for asset in assets]  # thousands fit in memory
    with stores.objects.writer(zip_key, media_type="application/zip") as out:
        summary = write_package(
            out,
            assets=facts_only,
            read_object=stores.objects.get,
            presets=presets,
            title=title,
            progress=progress,
        )
    package = Package(
        export_id=export_id,
        key=zip_key,
        filename=f"{_slug(title)}-{'-'.join(presets)}.zip",
        presets=tuple(presets),
        assets=len(assets),
        files=summary.files,
        bytes=summary.bytes,
        sha256=summary.sha256,
        warnings=summary.warnings,
    )
    record = json.dumps(asdict(package)).encode()
    stores.objects.put(
        _record_key(caller.workspace, export_id), record, media_type="application/json"
    )
    facts = {"presets": list(presets), "assets": len(assets)}
    note(
        stores.audit,
        EXPORTED,
        export_id,
        caller=caller,
        at=clock.now(),
        once=key,
        facts=facts,
    )
    return package


def _record_key(workspace: str, export_id: str) -> str:
    return f"exports/{workspace}/{export_id}.json"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40] or "assets"
