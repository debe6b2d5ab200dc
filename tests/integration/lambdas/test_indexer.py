"""indexer: the Assets table's stream makes assets findable; again, or out of order, is harmless."""

import pytest

from assetql.domain.batch import Batch
from assetql.lambdas import runtime
from assetql.lambdas.runtime import HandlerFailed
from assetql.pipeline.search import AssetQuery, search
from assetql.services import Services
from tests.integration.lambdas.batches import assets, made
from tests.integration.lambdas.events import failures, sequence, stream_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import OWNER


def found(services: Services, batch: Batch) -> list[tuple[str, int]]:
    page = search(
        AssetQuery(batch_id=batch.batch_id),
        caller=OWNER,
        stores=services.stores,
        embedder=services.embedder,
        image_limits=services.image_limits,
    )
    return sorted((asset.asset_id, asset.version) for asset in page.assets)


def test_the_stream_makes_assets_findable_once(services: Services) -> None:
    batch = made(services, "Flask", "Shield")
    drawn = assets(services, batch)
    event = stream_event(*drawn, None, *reversed(drawn))
    for _ in range(2):
        assert failures(invoke("indexer", event)) == []
        assert found(services, batch) == sorted((a.asset_id, a.version) for a in drawn)


def test_what_can_not_be_read_is_reported_and_the_rest_is_found(services: Services) -> None:
    batch = made(services, "Flask")
    drawn = assets(services, batch)
    assert failures(invoke("indexer", stream_event("{}", *drawn))) == [sequence(0)]
    assert len(found(services, batch)) == 1


def test_an_index_that_is_away_lets_everything_come_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = made(services, "Flask")
    with monkeypatch.context() as patch:
        patch.setenv("ASSETQL_AWS_BUCKET", "nobodys-bucket")
        runtime.settings.cache_clear()
        runtime.services.cache_clear()
        with pytest.raises(HandlerFailed, match="store_unavailable"):
            invoke("indexer", stream_event(*assets(services, batch)))
