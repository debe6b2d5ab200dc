"""asset_tagger: S3's events, early, twice, too late, and while others tag the same."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from assetql.domain.task import Task
from assetql.lambdas.runtime import HandlerFailed
from assetql.pipeline.image_keys import ImageKeys, keys_of
from assetql.pipeline.tag import tag_assets
from assetql.services import Services
from tests.integration.lambdas.batches import assets, made, tasks
from tests.integration.lambdas.conftest import Configure
from tests.integration.lambdas.events import object_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import started
from tests.support.stand_ins import StandIn, a_model


@pytest.fixture
def model() -> StandIn:
    """The vision model; its requests are counted."""
    model = a_model()
    model.follow()
    return model


@pytest.fixture
def services(configure: Configure, model: StandIn) -> Services:
    return configure(tagger=f"bedrock:{model.name}")


def claimed(services: Services, task: Task) -> Task:
    now = services.clock.now()
    task = task.claim(worker="w1", until=now + timedelta(minutes=1), at=now)
    services.stores.tasks.save(task)
    return task


def test_an_asset_is_tagged_once_however_often_s3_tells(services: Services, model: StandIn) -> None:
    batch = made(services, "Red Flask")
    (asset,) = assets(services, batch)
    event = object_event(asset.object_key)
    assert [invoke("asset_tagger", event) for _ in range(3)] == [
        {"tagged": 1},
        {"tagged": 0},
        {"tagged": 0},
    ]
    assert len(model.requests()) == 1
    (tagged,) = assets(services, batch)
    assert tagged.tags.tagger == services.tagger.name
    assert tagged.tags.names
    assert tagged.version == asset.version + 1


def test_fifty_events_at_once_have_one_effect(services: Services) -> None:
    batch = made(services, "Red Flask")
    (asset,) = assets(services, batch)
    event = object_event(asset.object_key)
    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(invoke, "asset_tagger", event) for _ in range(50)]
        assert sum(each.result()["tagged"] for each in asked) == 1
    (tagged,) = assets(services, batch)
    assert tagged.version == asset.version + 1


def test_what_the_event_tagged_the_batch_does_not_tag_again(
    services: Services, model: StandIn
) -> None:
    batch = made(services, "Red Flask", "Iron Key")
    first, _ = assets(services, batch)
    invoke("asset_tagger", object_event(first.object_key))
    assert tag_assets(batch, stores=services.stores, tagger=services.tagger) == 1
    assert len(model.requests()) == 2


def test_an_image_before_its_commit_is_told_again(services: Services, model: StandIn) -> None:
    batch = started(services, "Flask")
    (task,) = tasks(services, batch)
    task = claimed(services, task)
    event = object_event(keys_of(task).raw)
    with pytest.raises(HandlerFailed, match="conflict"):
        invoke("asset_tagger", event)
    services.stores.tasks.save(task.fail("as the test says", at=services.clock.now()))
    assert invoke("asset_tagger", event) == {"tagged": 0}
    assert model.requests() == []


def test_an_image_that_never_becomes_an_asset_is_dropped(services: Services) -> None:
    batch = started(services, "Flask")
    (task,) = tasks(services, batch)
    task = claimed(services, task)
    keys = keys_of(task)
    of_an_older_claim = replace(keys, token=0)
    of_no_task = ImageKeys(replace(task.key, task_id="bat_none-00001-001"), 1, 1)
    assert invoke("asset_tagger", object_event(of_an_older_claim.raw)) == {"tagged": 0}
    assert invoke("asset_tagger", object_event(of_no_task.raw)) == {"tagged": 0}
    services.stores.tasks.save(task.fault("as the test says", cap=9, at=services.clock.now()))
    assert invoke("asset_tagger", object_event(keys.raw)) == {"tagged": 0}
    for key in ("raw/notes é.txt", "raw/a/b/c-r1-t1.jpg", "raw/a+b/c/d-r1-tx.png"):
        assert invoke("asset_tagger", object_event(key)) == {"tagged": 0}


def test_a_model_that_is_away_lets_the_event_come_again(services: Services, model: StandIn) -> None:
    batch = made(services, "Flask")
    (asset,) = assets(services, batch)
    model.follow({"error": "AccessDeniedException"})
    with pytest.raises(HandlerFailed, match="model_unavailable"):
        invoke("asset_tagger", object_event(asset.object_key))
    assert invoke("asset_tagger", object_event(asset.object_key)) == {"tagged": 1}
