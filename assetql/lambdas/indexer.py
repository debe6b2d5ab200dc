"""indexer: what changed in the Assets table becomes findable."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from assetql.adapters.codec import Codec
from assetql.domain.asset import Asset
from assetql.lambdas.documents import document_of
from assetql.lambdas.runtime import Event, each_record, observed, services
from assetql.pipeline.index import index_assets

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_ASSETS = Codec(Asset)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Indexes what can be read, in one go: where that fails, all of it comes again."""
    changed: list[Asset] = []

    def read(record: DynamoDBRecord) -> None:
        asset = document_of(record, _ASSETS)
        if asset:
            changed.append(asset)

    answer = each_record(event, context, EventType.DynamoDBStreams, read)
    if changed:
        index_assets(changed, stores=services().stores)
    return answer
