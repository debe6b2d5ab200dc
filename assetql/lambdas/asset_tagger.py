"""asset_tagger: images that appear under `raw/` are tagged."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.data_classes.s3_event import S3Event

from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.tag_object import tag_object

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Tags each; where one is no asset yet, it raises, and S3's event is delivered again."""
    del context
    opened = services()
    tagged = [
        tag_object(record.s3.get_object.key, stores=opened.stores, tagger=opened.tagger)
        for record in S3Event(event).records
    ]
    return {"tagged": sum(tagged)}
