"""Finding assets, reading them, and editing their tags."""

from typing import Annotated

from fastapi import Query, Response

from assetql.pipeline import edit_tags as editing
from assetql.pipeline import make_variations as varying
from assetql.pipeline import search as searching
from assetql.pipeline.batch_contents import BatchEntry
from assetql.pipeline.batch_status import report_batch
from assetql.pipeline.search import AssetQuery, get_asset
from assetql.pipeline.uploads import get_upload
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.asset_models import (
    AssetFilters,
    AssetRead,
    AssetsFound,
    TagEdit,
    VariationsToMake,
)
from integrations.api.resources.batch_models import BatchFacts, BatchVaried
from integrations.api.resources.images import (
    IMAGE_RESPONSES,
    IfNoneMatch,
    ImageFile,
    image_answer,
)
from integrations.api.resources.links import Links
from integrations.api.resources.models import ApprovalAnswered, AssetPath, Cursor, Limit, Link
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("assets")
_IMAGE = {**IMAGE_RESPONSES, **refusals(404)}


@router.get("/assets", responses=refusals(404))
def search_assets(
    filters: Annotated[AssetFilters, Query()], caller: Caller, services: Pipeline
) -> AssetsFound:
    """Finds assets by words, tags, colour, style, size, date and likeness."""
    stores = services.stores
    image = None
    if filters.similar_to_upload:
        upload = get_upload(filters.similar_to_upload, caller=caller, stores=stores)
        image = stores.objects.get(upload.object_key)
    page = searching.search(
        filters.query(image),
        caller=caller,
        stores=stores,
        embedder=services.embedder,
        image_limits=services.image_limits,
        cursor=filters.cursor,
    )
    return AssetsFound.of_search(page)


@router.get("/assets/{asset_id}", responses=refusals(404))
def read_asset(asset_id: AssetPath, caller: Caller, services: Pipeline) -> AssetRead:
    """An asset with the recipe that explains it."""
    return AssetRead.of(get_asset(asset_id, caller=caller, stores=services.stores))


@router.patch("/assets/{asset_id}", responses=refusals(404, 409, body=True))
def edit_tags(
    asset_id: AssetPath, edit: TagEdit, caller: Caller, services: Pipeline, key: Key
) -> AssetRead:
    """Adds and removes tags."""
    del key  # the same edit twice is one
    (edited,) = editing.edit_tags(
        [asset_id],
        add=edit.add_tags,
        remove=edit.remove_tags,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )
    return AssetRead.of(edited)


@router.get("/assets/{asset_id}/similar", responses=refusals(404))
def similar_assets(
    asset_id: AssetPath,
    caller: Caller,
    services: Pipeline,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AssetsFound:
    """Others, the most alike first."""
    page = searching.search(
        AssetQuery(similar_to=asset_id, limit=limit),
        caller=caller,
        stores=services.stores,
        embedder=services.embedder,
        image_limits=services.image_limits,
        cursor=cursor,
    )
    return AssetsFound.of_search(page)


@router.get("/assets/{asset_id}/thumbnail", response_class=Response, responses=_IMAGE)
def read_thumbnail(
    asset_id: AssetPath,
    caller: Caller,
    services: Pipeline,
    links: Links,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Its small version."""
    asset = get_asset(asset_id, caller=caller, stores=services.stores)
    small = ImageFile(asset.thumbnail_key, f"{asset.name} small.png", f"small-{asset.sha256}")
    return image_answer(small, seen=if_none_match, services=services, links=links)


@router.get("/assets/{asset_id}/image", response_class=Response, responses=_IMAGE)
def read_image(
    asset_id: AssetPath,
    caller: Caller,
    services: Pipeline,
    links: Links,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The image itself, as it was made."""
    asset = get_asset(asset_id, caller=caller, stores=services.stores)
    image = ImageFile(asset.object_key, f"{asset.name}.png", asset.sha256)
    return image_answer(image, seen=if_none_match, services=services, links=links)


@router.post("/assets/{asset_id}/link", responses=refusals(404, 409))
def link_image(
    asset_id: AssetPath, caller: Caller, services: Pipeline, links: Links, key: Key
) -> Link:
    """Where to download the image without credentials, signed now."""
    del key  # nothing is changed
    asset = get_asset(asset_id, caller=caller, stores=services.stores)
    return links.download(asset.object_key, f"{asset.name}.png")


@router.post(
    "/assets/{asset_id}/variations", status_code=202, responses=refusals(404, 409, body=True)
)
def make_variations(
    asset_id: AssetPath, asked: VariationsToMake, caller: Caller, services: Pipeline, key: Key
) -> BatchVaried:
    """Drafts more like it and asks for their start, as `POST …/start` does."""
    batch, approval = varying.make_variations(
        asset_id,
        count=asked.count,
        change=asked.change,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        terms=services.terms,
        key=key,
    )
    counts = report_batch(batch, stores=services.stores).counts
    return BatchVaried(
        batch=BatchFacts.of(BatchEntry(batch=batch, counts=counts)),
        approval=ApprovalAnswered.of(approval, services.clock.now()),
    )
