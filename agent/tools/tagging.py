"""Tag tools: let the tagger run, or edit by hand."""

from typing import Annotated

from pydantic import Field

from agent.tools.artifacts import Answer, Facts, answer
from agent.tools.batches import BatchId, find_batch
from agent.tools.facts import TaggingFacts, TagsFacts
from agent.tools.operation import Call, Effect, operation
from assetql.pipeline import edit_tags as editing
from assetql.pipeline.paging import assets_of
from assetql.pipeline.tag import tag_batch

Tags = Annotated[tuple[str, ...], Field(max_length=20, description="Tags, in lower case")]


@operation(Effect.ADDS, tells=TaggingFacts)
def tag(call: Call, batch: BatchId = "") -> Answer:
    """Tag the images of a batch automatically. On a draft or running batch it is scheduled.

    To add or remove certain tags, use edit_tags.
    """
    services = call.services
    outcome = tag_batch(
        find_batch(batch, call).batch_id,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        tagger=services.tagger,
    )
    facts = {
        "batch_id": outcome.batch.batch_id,
        "follow_up_id": outcome.follow_up_id,
        "what": "tag",
        "status": "PENDING" if outcome.scheduled else "DONE",
        "tagged": outcome.tagged,
    }
    return answer(facts, {"kind": "follow_up", **facts, "resolved": {"batch": facts["batch_id"]}})


@operation(Effect.CHANGES, tells=TagsFacts)
def edit_tags(
    call: Call,
    assets: Annotated[
        tuple[str, ...],
        Field(max_length=1_000, description="Asset ids; empty: all of a batch"),
    ] = (),
    batch: BatchId = "",
    add: Tags = (),
    remove: Tags = (),
) -> Answer:
    """Add or remove certain tags, on the assets named or on all of a batch. Survives tagging."""
    services = call.services
    edited = editing.edit_tags(
        assets or _assets_of_batch(batch, call),
        add=add,
        remove=remove,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
    )
    facts = {"assets": len(edited), "add": list(add), "remove": list(remove)}
    card: Facts = {
        "kind": "tags",
        **facts,
        "asset_ids": [asset.asset_id for asset in edited],
        "resolved": {**facts, "count": len(edited)},
    }
    return answer(facts, card)


def _assets_of_batch(batch: str, call: Call) -> tuple[str, ...]:
    """The ids of the images of a batch that are READY."""
    assets = assets_of(find_batch(batch, call), stores=call.services.stores)
    return tuple(asset.asset_id for asset in assets)
