"""Batches as handlers meet them."""

from datetime import timedelta

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch
from assetql.domain.task import Task
from assetql.pipeline.paging import assets_of, tasks_of
from assetql.services import Services
from tests.integration.lambdas.events import failures, queue_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import started

_MINUTE = timedelta(minutes=1)


def made(services: Services, *names: str, key: str = "draft") -> Batch:
    """A batch whose images are made, and of which nobody has taken notice yet."""
    batch = started(services, *names, key=key)
    make_all(services)
    return batch


def make_all(services: Services) -> None:
    """Makes whatever is queued."""
    while deliveries := services.stores.queue.receive(limit=10, visibility=_MINUTE):
        assert failures(invoke("image_generator", queue_event(deliveries))) == []


def now(services: Services, batch: Batch) -> Batch:
    """The batch as it is stored."""
    stored = services.stores.batches.get(batch.workspace, batch.batch_id)
    assert stored
    return stored


def tasks(services: Services, batch: Batch) -> list[Task]:
    return list(tasks_of(batch, stores=services.stores))


def assets(services: Services, batch: Batch) -> list[Asset]:
    return list(assets_of(batch, stores=services.stores))
