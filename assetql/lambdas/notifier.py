"""notifier: the thread that asked for a batch is told how it ended."""

from typing import TYPE_CHECKING

from pydantic import Field

from assetql.domain.identity import Principal
from assetql.lambdas.calls import Answer, Arguments, answer
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.notify import notify

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class EndedBatch(Arguments):
    """Which batch."""

    batch: str = Field(min_length=1)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Tells it once per run, however often it is called."""
    del context
    return answer(event, EndedBatch, _notify)


def _notify(caller: Principal, ended: EndedBatch) -> Answer:
    opened = services()
    return {
        "thread_id": notify(ended.batch, caller=caller, stores=opened.stores, clock=opened.clock)
    }
