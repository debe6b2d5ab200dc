"""style_embedding: uploaded references become a style with its gate."""

from typing import TYPE_CHECKING

from pydantic import Field

from assetql.domain.identity import Principal
from assetql.lambdas.calls import Answer, Arguments, answer
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.learn_style import learn_style

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class References(Arguments):
    """`key` makes the call idempotent: an execution's name, or whatever its retries share."""

    name: str
    uploads: tuple[str, ...] = Field(description="Upload ids of 1 to 10 images")
    key: str = Field(min_length=1)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Learns it."""
    del context
    return answer(event, References, _learn)


def _learn(caller: Principal, wanted: References) -> Answer:
    opened = services()
    profile = learn_style(
        wanted.name,
        wanted.uploads,
        caller=caller,
        stores=opened.stores,
        clock=opened.clock,
        embedder=opened.embedder,
        image_limits=opened.image_limits,
        key=f"call:{wanted.key}",
    )
    return {
        "style_id": profile.style_id,
        "name": profile.name,
        "version": profile.version,
        "references": len(profile.references),
        "calibrated": profile.gate.calibrated,
        "warnings": list(profile.gate.warnings),
    }
