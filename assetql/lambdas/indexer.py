"""indexer: what changed in the Assets table becomes findable."""

from typing import TYPE_CHECKING

from assetql.adapters.codec import Codec
from assetql.domain.asset import Asset
from assetql.lambdas.records import each_document
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.index import index_assets

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_ASSETS = Codec(Asset)


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Indexes what can be read, in one go: where that fails, all of it comes again."""
    changed: list[Asset] = []
    answer = each_document(event, context, _ASSETS, changed.append)
    if changed:
        index_assets(changed, stores=services().stores)
    return answer
