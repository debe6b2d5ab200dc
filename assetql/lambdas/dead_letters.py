"""dead_letters: what the generation queue gave up on ends as FAILED, and its money goes back."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from assetql.domain.errors import Conflict
from assetql.lambdas.deliveries import delivery_of
from assetql.lambdas.runtime import Event, each_record, observed, services
from assetql.pipeline.dead_letters import bury_dead_letter

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Buries them; the letter of a task that is still worked on comes again."""
    return each_record(event, context, EventType.SQS, _bury)


def _bury(record: SQSRecord) -> None:
    opened = services()
    delivery = delivery_of(record)
    if not bury_dead_letter(delivery, stores=opened.stores, clock=opened.clock):
        raise Conflict(f"A worker still holds the task of {delivery.message_id}.")
