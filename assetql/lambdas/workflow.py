"""workflow: tasks that ended take their batch as far as it can go: settled, followed up, closed."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from assetql.adapters.codec import Codec
from assetql.domain.task import Task
from assetql.lambdas.documents import document_of
from assetql.lambdas.runtime import Event, each_record, observed, services
from assetql.pipeline.workflow import close_batch
from assetql.services import workflow_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_TASKS = Codec(Task)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Looks at each batch once, however many of its tasks ended."""
    workflow = workflow_of(services())
    seen: set[tuple[str, str]] = set()

    def close(record: DynamoDBRecord) -> None:
        task = document_of(record, _TASKS)
        if task is None or not task.status.ended:
            return
        batch = task.key.workspace, task.key.batch_id
        if batch not in seen:
            close_batch(*batch, workflow)
            seen.add(batch)

    return each_record(event, context, EventType.DynamoDBStreams, close)
