"""reconciler: on a schedule, repairs what crashes leave behind."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.reconcile import reconcile
from assetql.services import workflow_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """One pass; answers with what it did."""
    del event, context
    return asdict(reconcile(workflow_of(services())))
