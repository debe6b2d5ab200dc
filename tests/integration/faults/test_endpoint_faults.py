"""An image endpoint of SageMaker in bad days: the batch takes longer, and nothing is paid twice."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from assetql.adapters.aws.images import SageMakerImages
from assetql.domain.task import TaskStatus
from assetql.pipeline.make_image import MakeImage, make_image
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain
from tests.support.emulator import REGION, emulator_address
from tests.support.fault_proxy.faults import (
    INTERNAL,
    LOST_REPLY,
    RESET,
    THROTTLED,
    UNAVAILABLE,
    Delay,
    Fault,
)
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.homes import OWNER, open_home, started
from tests.support.invariants import check_at_rest, tasks_of
from tests.support.prompt_aws.family import ATTEMPTS, PromptClients
from tests.support.stand_ins import an_endpoint

PATIENCE = 2  # seconds that the client waits
TIMEOUT = Delay(600, "timeout")
FAULTS = (INTERNAL, UNAVAILABLE, THROTTLED, RESET, LOST_REPLY)


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy(emulator_address()) as serving:
        yield serving


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path, family="hurried_aws", clock=clock) as opened:
        yield opened


@pytest.fixture
def make(services: Services, proxy: FaultProxy) -> MakeImage:
    """What asks an endpoint through the proxy."""
    clients = PromptClients(region=REGION, endpoint=proxy.address)
    asking = clients.client("sagemaker-runtime", read_timeout=PATIENCE)
    images = SageMakerImages(asking, an_endpoint().name)
    return partial(make_image, images=images, embedder=services.embedder, optimiser=None)


def check_made(services: Services, make: MakeImage, clock: ManualClock, *, faults: int) -> None:
    batch = started(services, "Sword", "Bow")
    drain(services, make, clock)
    check_at_rest(services, OWNER.workspace)
    tasks = tasks_of(services.stores, batch)
    assert {task.status for task in tasks} == {TaskStatus.READY}
    assert [sum(task.faults for task in tasks), sum(task.attempts for task in tasks)] == [faults, 2]
    assert services.stores.ledger.account(OWNER.workspace).spent == 2 * PRICE


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_boto3_gets_over_is_not_noticed(
    services: Services, make: MakeImage, clock: ManualClock, proxy: FaultProxy, fault: Fault
) -> None:
    proxy.plan(Rule(fault=fault, operation="InvokeEndpoint", every=2, times=None))
    check_made(services, make, clock, faults=0)
    assert proxy.hits() >= 2


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_lasts_longer_is_a_fault_and_tried_again(
    services: Services, make: MakeImage, clock: ManualClock, proxy: FaultProxy, fault: Fault
) -> None:
    proxy.plan(Rule(fault=fault, operation="InvokeEndpoint", times=ATTEMPTS))
    check_made(services, make, clock, faults=1)


def test_an_endpoint_that_does_not_answer_in_time_is_asked_again(
    services: Services, make: MakeImage, clock: ManualClock, proxy: FaultProxy
) -> None:
    proxy.plan(Rule(fault=TIMEOUT, operation="InvokeEndpoint"))
    check_made(services, make, clock, faults=0)


def test_an_endpoint_that_stays_away_costs_nothing(
    services: Services, make: MakeImage, clock: ManualClock, proxy: FaultProxy
) -> None:
    proxy.plan(Rule(fault=INTERNAL, operation="InvokeEndpoint", times=None))
    batch = started(services, "Sword")
    drain(services, make, clock)
    check_at_rest(services, OWNER.workspace)
    (task,) = tasks_of(services.stores, batch)
    assert (task.status, task.faults) == (TaskStatus.FAILED, services.terms.faults)
    assert services.stores.ledger.account(OWNER.workspace).spent == 0
