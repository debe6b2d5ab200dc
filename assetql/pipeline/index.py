"""index: what a table's change stream pushes goes into the search index."""

from collections.abc import Sequence

from assetql.domain.asset import Asset
from assetql.ports import Stores
from assetql.telemetry.tracing import span


def index_assets(assets: Sequence[Asset], *, stores: Stores) -> None:
    """Makes these versions of assets found. In any order, and safe to do again."""
    with span("index"):
        stores.index.apply(assets)
