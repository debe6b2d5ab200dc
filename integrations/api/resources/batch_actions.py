"""What can be done with a batch: start, cancel, retry, tag, package."""

from fastapi import Response

from assetql.pipeline import cancel_batch as cancelling
from assetql.pipeline import retry_failed as retrying
from assetql.pipeline.batch_status import get_batch, report_batch
from assetql.pipeline.export import request_export
from assetql.pipeline.start_batch import request_start
from assetql.pipeline.tag import tag_batch as tagging
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.batch_models import (
    BatchRead,
    BatchRetried,
    BatchTagged,
    FollowUpState,
)
from integrations.api.resources.export_models import BatchExports, ExportAsked, PresetsToPack
from integrations.api.resources.models import ApprovalAnswered, BatchPath
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("batches")
_MAY_CONFLICT = refusals(404, 409)


@router.post("/batches/{batch_id}/start", status_code=202, responses=_MAY_CONFLICT)
def start_batch(
    batch_id: BatchPath, caller: Caller, services: Pipeline, key: Key
) -> ApprovalAnswered:
    """Asks whether it may start for its quote. A person answers; until then nothing is spent."""
    del key  # asking twice is one question
    approval = request_start(
        batch_id,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )
    return ApprovalAnswered.of(approval, services.clock.now())


@router.post("/batches/{batch_id}/cancel", responses=_MAY_CONFLICT)
def cancel_batch(batch_id: BatchPath, caller: Caller, services: Pipeline, key: Key) -> BatchRead:
    """Cancels a draft or stops a running batch. What is READY stays; the rest is refunded."""
    del key  # cancelling twice is cancelling once
    report = cancelling.cancel_batch(
        batch_id, caller=caller, stores=services.stores, clock=services.clock
    )
    return BatchRead.of_report(report)


@router.post("/batches/{batch_id}/retry", responses=_MAY_CONFLICT)
def retry_failed(batch_id: BatchPath, caller: Caller, services: Pipeline, key: Key) -> BatchRetried:
    """Runs the failed images again, within the quote that was approved."""
    report = retrying.retry_failed(
        batch_id, caller=caller, stores=services.stores, clock=services.clock, key=key
    )
    batch = BatchRead.of_report(report_batch(report.batch, stores=services.stores))
    return BatchRetried(retried=report.retried, batch=batch)


@router.post("/batches/{batch_id}/tag", responses=_MAY_CONFLICT)
def tag_batch(batch_id: BatchPath, caller: Caller, services: Pipeline, key: Key) -> BatchTagged:
    """Tags its images; while it is a draft or runs, that is scheduled for its end."""
    del key  # an image is tagged once per version of the tagger
    outcome = tagging(
        batch_id,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        tagger=services.tagger,
    )
    return BatchTagged(
        scheduled=outcome.scheduled, tagged=outcome.tagged, follow_up_id=outcome.follow_up_id
    )


@router.post(
    "/batches/{batch_id}/exports",
    status_code=201,
    responses={
        202: {"model": ExportAsked, "description": "Scheduled for the end of the batch"},
        **refusals(404, 409, body=True),
    },
)
def export_batch(
    batch_id: BatchPath,
    asked: PresetsToPack,
    caller: Caller,
    services: Pipeline,
    key: Key,
    response: Response,
) -> ExportAsked:
    """Packs what is READY of an ended batch; else the package is scheduled for its end."""
    outcome = request_export(
        batch_id=batch_id,
        presets=asked.presets,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key=key,
    )
    if outcome.scheduled:
        response.status_code = 202
    return ExportAsked.of(outcome)


@router.get("/batches/{batch_id}/exports", responses=refusals(404))
def list_exports(batch_id: BatchPath, caller: Caller, services: Pipeline) -> BatchExports:
    """The packages that were scheduled for its end, and what became of them."""
    batch = get_batch(batch_id, caller=caller, stores=services.stores)
    report = report_batch(batch, stores=services.stores)
    states = [FollowUpState.of(each) for each in report.follow_ups]
    return BatchExports(exports=[state for state in states if state.kind == "export"])
