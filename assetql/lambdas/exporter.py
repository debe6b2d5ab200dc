"""exporter: assets become a package; a batch that has not ended is packed once it has."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import Field

from assetql.domain.identity import Principal
from assetql.lambdas.calls import Answer, Arguments, answer
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.export import request_export

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class Export(Arguments):
    """A batch or assets; `key` makes the call idempotent."""

    presets: tuple[str, ...]
    batch: str | None = None
    assets: tuple[str, ...] = ()
    key: str = Field(min_length=1)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Packs it."""
    del context
    return answer(event, Export, _export)


def _export(caller: Principal, wanted: Export) -> Answer:
    opened = services()
    outcome = request_export(
        presets=wanted.presets,
        batch_id=wanted.batch,
        asset_ids=wanted.assets,
        caller=caller,
        stores=opened.stores,
        clock=opened.clock,
        key=f"call:{wanted.key}",
    )
    return {
        "scheduled": outcome.scheduled,
        "follow_up_id": outcome.follow_up_id,
        "package": asdict(outcome.package) if outcome.package else None,
    }
