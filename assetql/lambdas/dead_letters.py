"""dead_letters: what the generation queue gave up on ends as FAILED, and its money goes back."""

from typing import TYPE_CHECKING

from assetql.domain.errors import Conflict
from assetql.lambdas.records import each_message
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.dead_letters import bury_dead_letter
from assetql.ports import Delivery

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Buries them; the letter of a task that is still worked on comes again."""
    return each_message(event, context, _bury)


def _bury(delivery: Delivery) -> None:
    opened = services()
    if not bury_dead_letter(delivery, stores=opened.stores, clock=opened.clock):
        raise Conflict(f"A worker still holds the task of {delivery.message_id}.")
