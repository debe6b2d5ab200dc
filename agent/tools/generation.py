"""Generation tools: start a batch, retry what failed, make more like an asset."""

from typing import Annotated

from langchain.tools import tool
from pydantic import Field

from agent.tools.artifacts import Answer, answer, approval_card, batch_card, batch_facts
from agent.tools.batches import BatchId, find_batch, style_name
from agent.tools.runtime import Runtime, call_key
from assetql.pipeline import make_variations as varying
from assetql.pipeline import retry_failed as retrying
from assetql.pipeline import start_batch
from assetql.pipeline.batch_status import report_batch


@tool(response_format="content_and_artifact")
def generate(runtime: Runtime, batch: BatchId = "") -> Answer:
    """Ask for the start of a drafted batch. A person approves its quote; you can't.

    Answers with the approval. While it is PENDING nothing is spent: say that it waits, and end.
    tag and export of the batch may be called right after: they are scheduled as its follow-ups.
    """
    context = runtime.context
    services = context.services
    approval = start_batch.request_start(
        find_batch(batch, runtime).batch_id,
        caller=context.caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
        thread_id=context.thread_id,
    )
    card = approval_card(approval)
    return answer({k: v for k, v in card.items() if k not in {"kind", "resolved"}}, card)


@tool(response_format="content_and_artifact")
def retry_failed(runtime: Runtime, batch: BatchId = "") -> Answer:
    """Run the FAILED images of a batch again, within the quote that was approved."""
    context = runtime.context
    services = context.services
    report = retrying.retry_failed(
        find_batch(batch, runtime).batch_id,
        caller=context.caller,
        stores=services.stores,
        clock=services.clock,
        key=call_key(runtime),
    )
    card = batch_card(
        report_batch(report.batch, stores=services.stores),
        style=style_name(report.batch, runtime),
    )
    card["resolved"] = {"batch": report.batch.batch_id, "retried": report.retried}
    return answer(batch_facts(card) | {"retried": report.retried}, card)


@tool(response_format="content_and_artifact")
def make_variations(
    runtime: Runtime,
    asset: Annotated[str, Field(description="Id of the asset to vary (ast_…)")],
    count: Annotated[int, Field(ge=1, le=varying.MOST_VARIATIONS, description="How many more")],
    change: Annotated[
        str, Field(max_length=500, description="What should differ, such as 'blue liquid'")
    ] = "",
) -> Answer:
    """Draft more images like an asset, and ask for their start as generate does."""
    context = runtime.context
    services = context.services
    batch, approval = varying.make_variations(
        asset,
        count=count,
        change=change or None,
        caller=context.caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        terms=services.terms,
        key=call_key(runtime),
        thread_id=context.thread_id,
    )
    card = approval_card(approval, resolved={"asset": asset, "count": count, "change": change})
    told = {k: v for k, v in card.items() if k not in {"kind", "resolved"}}
    return answer(told | {"batch_name": batch.name, "like": asset}, card)
