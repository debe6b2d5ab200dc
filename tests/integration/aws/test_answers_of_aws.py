"""What AWS answers and the emulator never does: put in its mouth by the fault proxy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetql.adapters.aws.async_images import SageMakerAsyncImages
from assetql.adapters.aws.directory import Directory
from assetql.adapters.aws.resources import TASKS
from assetql.adapters.aws.stores import open_stores
from assetql.adapters.aws.table import Table
from assetql.domain.errors import StoreUnavailable
from assetql.domain.imaging import ImageRequest
from assetql.domain.task import TaskStatus
from assetql.ports import Stores
from tests.contract.values import STUDIO, a_batch, an_entry, started, tasks_for
from tests.support.emulator import emulator_address, installed
from tests.support.fault_proxy.faults import Forward, error_reply
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.fault_proxy.traffic import Reply, Request
from tests.support.stand_ins import an_endpoint


@dataclass(frozen=True)
class Cancelled:
    """A transaction is cancelled, for these reasons."""

    codes: tuple[str, ...]
    name: str = "cancelled"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        reply = error_reply(request, 400, "TransactionCanceledException")
        reasons = [{"Code": code, "Message": f"{code}, by AWS."} for code in self.codes]
        return reply.with_document(reply.document | {"CancellationReasons": reasons})


@dataclass(frozen=True)
class Forbidden:
    """The role may not do it; to HEAD without a word."""

    name: str = "forbidden"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        return error_reply(request, 403, "AccessDenied")


@dataclass(frozen=True)
class Heard:
    """It goes by, and one of its headers is kept."""

    header: str
    values: list[str]
    name: str = "heard"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        self.values.append(request.header(self.header))
        return await forward(request)


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy(emulator_address()) as proxy:
        yield proxy


@pytest.fixture
def stores(tmp_path: Path, proxy: FaultProxy) -> Stores:
    clients, names = installed(tmp_path, max_receives=3, endpoint=proxy.address)
    proxy.calm()
    return open_stores(clients, names, budget=1_000_000)


def test_what_no_condition_refused_is_no_conflict(stores: Stores, proxy: FaultProxy) -> None:
    batch = started(stores.batches.create(a_batch(), key="k"), held=1)
    full = Cancelled(("None", "None", "ItemCollectionSizeLimitExceeded"))
    proxy.plan(Rule(fault=full, operation="TransactWriteItems", times=None))
    with pytest.raises(StoreUnavailable, match="ItemCollectionSizeLimitExceeded"):
        stores.ledger.post(an_entry(batch, 1), batch=batch)
    with pytest.raises(StoreUnavailable, match="ItemCollectionSizeLimitExceeded"):
        stores.tasks.add(tasks_for(batch))  # it once tried for ever
    assert proxy.hits() == 2


def test_a_transaction_that_was_throttled_is_tried_again(stores: Stores, proxy: FaultProxy) -> None:
    proxy.plan(
        Rule(fault=Cancelled(("ThrottlingError",)), operation="TransactWriteItems"),
        Rule(fault=Cancelled(("TransactionConflict",)), operation="TransactWriteItems"),
    )
    tasks = tasks_for(a_batch())
    assert stores.tasks.add(tasks) == len(tasks)
    assert stores.tasks.get(tasks[0].key) == tasks[0]
    assert proxy.hits() == 2


def test_a_missing_object_is_forbidden_to_who_may_not_list(
    stores: Stores, proxy: FaultProxy
) -> None:
    proxy.plan(Rule(fault=Forbidden(), service="s3", times=None))
    with pytest.raises(StoreUnavailable, match="refused the credentials") as caught:
        stores.objects.exists(f"raw/{STUDIO}/a")
    assert "give their role access" in (caught.value.remedy or "")


def test_the_chunks_of_a_huge_batch_are_concluded(tmp_path: Path) -> None:
    clients, names = installed(tmp_path, max_receives=3)
    directory = Directory(Table(clients.dynamodb, names.table(TASKS)))
    directory.grow(STUDIO, "bat_1", 450)
    ready = {TaskStatus.READY.value: (100, 2_000_000)}
    directory.conclude(STUDIO, "bat_1", dict.fromkeys(range(450), ready))
    assert directory.read(STUDIO, "bat_1").moving == []


def test_a_request_waits_no_longer_than_sagemaker_lets_it(
    tmp_path: Path, proxy: FaultProxy
) -> None:
    clients, names = installed(tmp_path, max_receives=3, endpoint=proxy.address)
    heard = Heard("x-amzn-sagemaker-requestttlseconds", [])
    proxy.plan(Rule(fault=heard, service="sagemaker", times=None))
    images = SageMakerAsyncImages(
        clients.sagemaker, clients.s3, bucket=names.bucket, endpoint=an_endpoint().name, wait=86_400
    )
    made = images.generate(ImageRequest(prompt="a sword", width=32, height=32, seed=7))
    assert (made.model_id, heard.values) == ("placeholder", ["21600"])
