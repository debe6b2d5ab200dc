"""Images from SageMaker's endpoints over HTTP: real-time and asynchronous, in good and bad days."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from assetql.adapters.aws.async_images import SageMakerAsyncImages
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.images import MOST_BYTES, SageMakerImages
from assetql.adapters.aws.resources import ASYNC_PREFIX, Names
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.imaging import ImageRequest
from inference.backends import load_backend
from tests.support.emulator import REGION, emulator_address, installed
from tests.support.stand_ins import StandIn, an_endpoint

SWORD = ImageRequest(prompt="a sword", width=32, height=32, seed=7)
REFUSED = json.dumps({"error": {"code": "invalid_input", "message": "No.", "remedy": "Yes."}})


@pytest.fixture
def endpoint() -> StandIn:
    return an_endpoint()


def client(**options: Any) -> Any:
    """As the project's, but it gives up at once."""
    clients = Clients(region=REGION, endpoint=emulator_address())
    retries = {"mode": "adaptive", "total_max_attempts": 1}
    return clients.client("sagemaker-runtime", retries=retries, **options)


def real_time(endpoint: StandIn, **options: Any) -> SageMakerImages:
    return SageMakerImages(client(**options), endpoint.name)


def test_an_endpoint_makes_what_its_server_makes(endpoint: StandIn) -> None:
    made = real_time(endpoint).generate(SWORD)
    assert made == load_backend("placeholder").generate(SWORD)


def test_a_request_that_the_container_refuses_is_the_callers_fault(endpoint: StandIn) -> None:
    endpoint.follow({"status": 400, "message": REFUSED})
    with pytest.raises(InvalidInput) as caught:
        real_time(endpoint).generate(SWORD)
    assert (caught.value.message, caught.value.remedy) == ("No.", "Yes.")


def test_a_request_too_large_for_an_endpoint_is_not_sent(endpoint: StandIn) -> None:
    endpoint.follow()
    long = SWORD.model_copy(update={"negative_prompt": "x" * MOST_BYTES})
    with pytest.raises(InvalidInput, match="sagemaker-async"):
        real_time(endpoint).generate(long)
    assert endpoint.bodies() == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "message": "out of memory"},
        {"status": 503, "message": REFUSED},
        {"status": 429, "message": "busy"},
        {"status": 200, "message": "no image"},
        {"error": "ThrottlingException"},
        {"error": "ServiceUnavailable"},
        {"error": "InternalFailure"},
        {"error": "ModelNotReadyException"},
        {"error": "ValidationError"},
    ],
)
def test_a_fault_is_worth_another_try_later(endpoint: StandIn, answer: dict[str, Any]) -> None:
    endpoint.follow(answer)
    with pytest.raises(ModelUnavailable, match=endpoint.name):
        real_time(endpoint).generate(SWORD)
    assert real_time(endpoint).generate(SWORD).model_id == "placeholder"


def test_an_endpoint_that_does_not_answer_in_time_is_a_fault(endpoint: StandIn) -> None:
    endpoint.follow(first_token_ms=600)
    with pytest.raises(ModelUnavailable, match="ReadTimeout"):
        real_time(endpoint, read_timeout=0.2).generate(SWORD)


def test_an_endpoint_that_is_not_there_names_its_setting() -> None:
    with pytest.raises(ModelUnavailable, match="ASSETQL_IMAGE_BACKEND"):
        real_time(StandIn("endpoints", "nowhere")).generate(SWORD)


Open = Callable[..., SageMakerAsyncImages]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clients, Names]:
    return installed(tmp_path_factory.mktemp("images"), max_receives=3)


@pytest.fixture
def asynchronous(installation: tuple[Clients, Names], endpoint: StandIn) -> Open:
    clients, names = installation

    def open_it(wait: float = 20) -> SageMakerAsyncImages:
        return SageMakerAsyncImages(
            client(),
            clients.s3,
            bucket=names.bucket,
            endpoint=endpoint.name,
            wait=wait,
            sleep=lambda seconds: time.sleep(min(seconds, 0.02)),
        )

    return open_it


def keys(installation: tuple[Clients, Names]) -> list[str]:
    clients, names = installation
    return [o["Key"] for o in clients.s3.list_objects_v2(Bucket=names.bucket)["Contents"]]


def test_an_asynchronous_endpoint_makes_the_same(
    asynchronous: Open, installation: tuple[Clients, Names]
) -> None:
    assert asynchronous().generate(SWORD) == load_backend("placeholder").generate(SWORD)
    assert all(key.startswith(ASYNC_PREFIX) for key in keys(installation))


def test_who_asks_again_finds_the_image_that_is_there(
    asynchronous: Open, endpoint: StandIn
) -> None:
    endpoint.follow()
    first = asynchronous().generate(SWORD)
    assert asynchronous().generate(SWORD) == first
    assert len(endpoint.bodies()) == 1


def test_another_request_is_another_job(asynchronous: Open, endpoint: StandIn) -> None:
    endpoint.follow()
    asynchronous().generate(SWORD)
    asynchronous().generate(SWORD.model_copy(update={"seed": 8}))
    assert len(endpoint.bodies()) == 2


def test_work_that_is_done_twice_is_one_image(asynchronous: Open, endpoint: StandIn) -> None:
    endpoint.follow({"copies": 3})
    made = asynchronous().generate(SWORD)
    assert asynchronous().generate(SWORD) == made


def test_a_failure_that_the_container_names_is_the_callers_fault(
    asynchronous: Open, endpoint: StandIn
) -> None:
    endpoint.follow({"status": 400, "message": REFUSED})
    with pytest.raises(InvalidInput) as caught:
        asynchronous().generate(SWORD)
    assert (caught.value.message, caught.value.remedy) == ("No.", "Yes.")


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "message": "out of memory"},
        {"status": 200, "message": "no image"},
        {"error": "ThrottlingException"},
        {"error": "ServiceUnavailable"},
    ],
)
def test_after_a_failure_it_is_asked_for_anew(
    asynchronous: Open, endpoint: StandIn, answer: dict[str, Any]
) -> None:
    endpoint.follow(answer)
    with pytest.raises(ModelUnavailable, match=endpoint.name):
        asynchronous().generate(SWORD)
    assert asynchronous().generate(SWORD).model_id == "placeholder"
    assert len(endpoint.bodies()) == 2


def test_an_answer_that_is_lost_is_asked_for_again_once_it_can_not_come(
    asynchronous: Open, endpoint: StandIn
) -> None:
    endpoint.follow({"lost": True})
    for _ in range(2):  # it may still come: nothing is paid for twice
        with pytest.raises(ModelUnavailable, match="ASSETQL_IMAGE_WAIT_SECONDS"):
            asynchronous(wait=1).generate(SWORD)
    assert len(endpoint.bodies()) == 1
    time.sleep(1)
    assert asynchronous(wait=1).generate(SWORD).model_id == "placeholder"
    assert len(endpoint.bodies()) == 2
