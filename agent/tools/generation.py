"""Generation tools: start a batch, retry what failed, make more like an asset."""

from typing import Annotated

from pydantic import Field

from agent.tools.artifacts import Answer, answer, approval_card, batch_card, batch_facts
from agent.tools.batches import BatchId, find_batch, style_name
from agent.tools.facts import ApprovalFacts, BatchFacts
from agent.tools.operation import Call, Effect, operation
from assetql.pipeline import make_variations as varying
from assetql.pipeline import retry_failed as retrying
from assetql.pipeline import start_batch
from assetql.pipeline.batch_status import report_batch


@operation(Effect.ADDS, tells=ApprovalFacts)
def generate(call: Call, batch: BatchId = "") -> Answer:
    """Ask for the start of a drafted batch. A person approves its quote; you can't.

    Answers with the approval. While it is PENDING nothing is spent: say that it waits, and end.
    tag and export of the batch may be called right after: they are scheduled as its follow-ups.
    """
    services = call.services
    approval = start_batch.request_start(
        find_batch(batch, call, elsewhere=False).batch_id,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
        thread_id=call.thread_id,
    )
    card = approval_card(approval)
    return answer({k: v for k, v in card.items() if k not in {"kind", "resolved"}}, card)


@operation(Effect.ADDS, tells=BatchFacts)
def retry_failed(call: Call, batch: BatchId = "") -> Answer:
    """Run the FAILED images of a batch again, within the quote that was approved."""
    services = call.services
    report = retrying.retry_failed(
        find_batch(batch, call, elsewhere=False).batch_id,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        key=call.key,
    )
    card = batch_card(
        report_batch(report.batch, stores=services.stores),
        style=style_name(report.batch, call),
    )
    card["resolved"] = {"batch": report.batch.batch_id, "retried": report.retried}
    return answer(batch_facts(card) | {"retried": report.retried}, card)


@operation(Effect.ADDS, tells=ApprovalFacts)
def make_variations(
    call: Call,
    asset: Annotated[str, Field(description="Id of the asset to vary (ast_…)")],
    count: Annotated[int, Field(ge=1, le=varying.MOST_VARIATIONS, description="How many more")],
    change: Annotated[
        str, Field(max_length=500, description="What should differ, such as 'blue liquid'")
    ] = "",
) -> Answer:
    """Draft more images like an asset, and ask for their start as generate does."""
    services = call.services
    batch, approval = varying.make_variations(
        asset,
        count=count,
        change=change or None,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        terms=services.terms,
        key=call.key,
        thread_id=call.thread_id,
    )
    card = approval_card(approval, resolved={"asset": asset, "count": count, "change": change})
    told = {k: v for k, v in card.items() if k not in {"kind", "resolved"}}
    return answer(told | {"batch_name": batch.name, "like": asset}, card)
