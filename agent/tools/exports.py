"""The export tool: packages for engines."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field

from agent.tools.artifacts import Answer, Facts, answer
from agent.tools.batches import BatchId, find_batch
from agent.tools.facts import ExportFacts
from agent.tools.operation import Call, Effect, operation
from assetql.pipeline.export import request_export

PresetName = Literal["raw", "web", "unity", "godot", "unreal", "ios", "android", "atlas"]


@operation(Effect.ADDS, tells=ExportFacts)
def export(
    call: Call,
    presets: Annotated[
        list[PresetName],
        Field(
            min_length=1,
            description="raw PNG; web (WebP, AVIF); unity; godot; unreal; ios (.xcassets); "
            "android (densities); atlas (sprite sheet with JSON)",
        ),
    ],
    batch: BatchId = "",
    assets: Annotated[
        tuple[str, ...],
        Field(max_length=5_000, description="Asset ids (ast_…); else a batch"),
    ] = (),
) -> Answer:
    """Package a batch, or certain assets, for engines as one ZIP.

    On a draft or running batch it is scheduled for its end, and the answer says so.
    """
    services = call.services
    batch_id = None if assets else find_batch(batch, call).batch_id
    outcome = request_export(
        batch_id=batch_id,
        asset_ids=assets,
        presets=presets,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        key=call.key,
        progress=call.progress,
    )
    resolved = {"presets": list(outcome.presets), "batch": batch_id, "count": len(assets)}
    if outcome.package:
        facts: Facts = {**asdict(outcome.package), "presets": list(outcome.presets)}
        return answer(facts, {"kind": "package", **facts, "resolved": resolved})
    facts = {
        "batch_id": batch_id,
        "follow_up_id": outcome.follow_up_id,
        "what": "export",
        "presets": list(outcome.presets),
        "status": "PENDING",
    }
    return answer(facts, {"kind": "follow_up", **facts, "resolved": resolved})
