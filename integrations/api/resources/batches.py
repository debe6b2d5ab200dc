"""Drafting batches and reading them."""

from pathlib import PurePath

from fastapi import Response

from assetql.domain.task import TaskStatus
from assetql.pipeline import batch_contents
from assetql.pipeline import create_batch as drafting
from assetql.pipeline.batch_status import get_batch, report_batch
from assetql.pipeline.quote import quote_items
from assetql.pipeline.uploads import get_upload
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.asset_models import AssetPage
from integrations.api.resources.batch_models import (
    BatchFacts,
    BatchImported,
    BatchPage,
    BatchRead,
    BatchToDraft,
    ListToImport,
    RowsToQuote,
    TaskPage,
    TaskRead,
)
from integrations.api.resources.cursors import Cursors
from integrations.api.resources.models import BatchPath, Cursor, Limit, Price
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("batches")


@router.post("/quotes", responses=refusals(409, body=True))
def quote_rows(asked: RowsToQuote, caller: Caller, services: Pipeline, key: Key) -> Price:
    """Prices rows. Nothing is drafted, nothing is spent."""
    del key  # nothing is changed
    quote = quote_items(
        [row.row() for row in asked.rows],
        caller=caller,
        limits=services.list_limits,
        prices=services.prices,
    )
    return Price.of(quote)


@router.post("/batches", status_code=201, responses=refusals(404, 409, body=True))
def create_batch(asked: BatchToDraft, caller: Caller, services: Pipeline, key: Key) -> BatchRead:
    """Drafts a batch from rows. A draft spends nothing; its start has to be approved."""
    found = drafting.rows_of_items([row.row() for row in asked.rows], limits=services.list_limits)
    batch = drafting.create_batch(
        found.rows,
        name=asked.name,
        style=asked.style,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=key,
    )
    return BatchRead.of_report(report_batch(batch, stores=services.stores))


@router.post(
    "/imports",
    status_code=201,
    responses={
        200: {"model": BatchImported, "description": "Rows were refused: nothing was drafted"},
        **refusals(404, 409, body=True),
    },
)
def import_batch(
    asked: ListToImport, caller: Caller, services: Pipeline, key: Key, response: Response
) -> BatchImported:
    """Drafts a batch from an uploaded CSV.

    Where rows are refused nothing is drafted, unless `valid_rows_only` says to go without them.
    """
    found = drafting.rows_of_upload(
        asked.upload_id,
        caller=caller,
        stores=services.stores,
        limits=services.list_limits,
        valid_rows_only=asked.valid_rows_only,
        defaults=asked.defaults.of_rows(),
    )
    if not found.usable:
        response.status_code = 200
        return BatchImported.of(found, None)
    upload = get_upload(asked.upload_id, caller=caller, stores=services.stores)
    batch = drafting.create_batch(
        found.rows,
        name=asked.name or PurePath(upload.filename).stem,
        style=asked.style,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=key,
    )
    return BatchImported.of(found, report_batch(batch, stores=services.stores))


@router.get("/batches")
def list_batches(
    caller: Caller,
    services: Pipeline,
    cursors: Cursors,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> BatchPage:
    """The workspace's batches, newest first."""
    page = batch_contents.list_batches(
        caller=caller, stores=services.stores, after=cursors.place(cursor, "batches"), limit=limit
    )
    return BatchPage(
        batches=[BatchFacts.of(entry) for entry in page.items],
        cursor=cursors.seal(page.cursor, "batches"),
    )


@router.get("/batches/{batch_id}", responses=refusals(404))
def read_batch(batch_id: BatchPath, caller: Caller, services: Pipeline) -> BatchRead:
    """How a batch stands: images by state, money, follow-ups, why some failed."""
    batch = get_batch(batch_id, caller=caller, stores=services.stores)
    return BatchRead.of_report(report_batch(batch, stores=services.stores))


@router.get("/batches/{batch_id}/quote", responses=refusals(404))
def quote_batch(batch_id: BatchPath, caller: Caller, services: Pipeline) -> Price:
    """What its run costs at most."""
    return Price.of(get_batch(batch_id, caller=caller, stores=services.stores).quote)


@router.get("/batches/{batch_id}/tasks", responses=refusals(404))
def list_tasks(
    batch_id: BatchPath,
    caller: Caller,
    services: Pipeline,
    cursors: Cursors,
    status: TaskStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> TaskPage:
    """The images to make, in row order."""
    of = ("tasks", batch_id, status or "")
    page = batch_contents.read_tasks(
        batch_id,
        caller=caller,
        stores=services.stores,
        status=status,
        after=cursors.place(cursor, *of),
        limit=limit,
    )
    return TaskPage(
        tasks=[TaskRead.of(task) for task in page.items], cursor=cursors.seal(page.cursor, *of)
    )


@router.get("/batches/{batch_id}/assets", responses=refusals(404))
def list_assets(
    batch_id: BatchPath,
    caller: Caller,
    services: Pipeline,
    cursors: Cursors,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AssetPage:
    """The images that are READY, in row order."""
    of = ("assets", batch_id)
    page = batch_contents.read_assets(
        batch_id,
        caller=caller,
        stores=services.stores,
        after=cursors.place(cursor, *of),
        limit=limit,
    )
    return AssetPage.of(page.items, cursors.seal(page.cursor, *of))
