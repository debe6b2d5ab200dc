"""workflow: tasks that ended take their batch as far as it can go: settled, followed up, closed."""

from typing import TYPE_CHECKING

from assetql.adapters.codec import Codec
from assetql.domain.task import Task
from assetql.lambdas.records import each_document
from assetql.lambdas.runtime import Event, observed, services
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

    def close(task: Task) -> None:
        batch = task.key.workspace, task.key.batch_id
        if task.status.ended and batch not in seen:
            seen.add(batch)  # where it fails, this record brings all those behind it along again
            close_batch(*batch, workflow)

    return each_document(event, context, _TASKS, close)
