"""Packages for engines."""

from assetql.pipeline.export import get_package, request_export
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.export_models import AssetsToPack, ExportAsked, ExportRead
from integrations.api.resources.links import Links
from integrations.api.resources.models import ExportPath, Link
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("exports")


@router.post("/exports", status_code=201, responses=refusals(404, 409, body=True))
def export_assets(asked: AssetsToPack, caller: Caller, services: Pipeline, key: Key) -> ExportAsked:
    """Packs certain assets into one ZIP."""
    outcome = request_export(
        asset_ids=asked.asset_ids,
        presets=asked.presets,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key=key,
    )
    return ExportAsked.of(outcome)


@router.get("/exports/{export_id}", responses=refusals(404))
def read_export(export_id: ExportPath, caller: Caller, services: Pipeline) -> ExportRead:
    """A finished package; one that is scheduled shows among its batch's follow-ups."""
    return ExportRead.of(get_package(export_id, caller=caller, stores=services.stores))


@router.post("/exports/{export_id}/link", responses=refusals(404, 409))
def link_export(
    export_id: ExportPath, caller: Caller, services: Pipeline, links: Links, key: Key
) -> Link:
    """Where to download the ZIP, signed now."""
    del key  # nothing is changed
    package = get_package(export_id, caller=caller, stores=services.stores)
    return links.download(package.key, package.filename)
