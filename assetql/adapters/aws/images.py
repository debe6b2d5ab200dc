"""Images from a real-time endpoint of SageMaker, and how the answers of endpoints are read."""

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from assetql.adapters.aws.errors import error_code
from assetql.adapters.aws.model_faults import model_faults
from assetql.domain.errors import AssetQLError, InvalidInput, ModelUnavailable
from assetql.domain.imaging import ImageRequest, ImageResponse

MOST_BYTES = 6_291_456  # that SageMaker passes on in either direction
JSON = "application/json"
_REFUSALS = {400, 413, 415, 422}  # the same request would be refused again
_STATUS = re.compile(r"error \((\d+)\)")
_DOCUMENT = re.compile(r"\{.*\}", re.DOTALL)


class SageMakerImages:
    """Asks and waits: at most 60 seconds, which is as long as SageMaker does."""

    def __init__(self, client: Any, endpoint: str) -> None:
        """`client`: sagemaker-runtime's."""
        self._client = client
        self._endpoint = endpoint

    def generate(self, request: ImageRequest) -> ImageResponse:
        body = request.model_dump_json().encode()
        if len(body) > MOST_BYTES:
            raise InvalidInput(
                f"The request for an image has {len(body):,} bytes; an endpoint takes"
                f" {MOST_BYTES:,}.",
                remedy="Shorten its prompt, or set ASSETQL_IMAGE_BACKEND=sagemaker-async:ENDPOINT.",
            )
        with endpoint_faults(self._endpoint):
            answer = self._client.invoke_endpoint(
                EndpointName=self._endpoint, Body=body, ContentType=JSON, Accept=JSON
            )
            return read_image(answer["Body"].read(), self._endpoint)


@contextmanager
def endpoint_faults(endpoint: str) -> Generator[None]:
    """SageMaker's errors as ours; what the container behind it refuses is InvalidInput."""
    what = f"The endpoint {endpoint} on SageMaker"
    access = "Allow sagemaker:InvokeEndpoint and sagemaker:InvokeEndpointAsync on it."
    with model_faults(what, access=access, choice="ASSETQL_IMAGE_BACKEND"):
        try:
            yield
        except ClientError as error:
            if error_code(error) != "ModelError":
                raise
            status = int(error.response.get("OriginalStatusCode", 0))
            said = str(error.response.get("OriginalMessage", ""))
            raise container_fault(endpoint, status, said) from error


def read_image(answer: bytes, endpoint: str) -> ImageResponse:
    """The image that a container answered with. Raises: ModelUnavailable."""
    try:
        return ImageResponse.model_validate_json(answer)
    except ValidationError as error:
        raise ModelUnavailable(
            f"The endpoint {endpoint} answered with something that is no image.",
            remedy="Deploy the server of `inference` on it.",
        ) from error


def failure_of(text: str, endpoint: str) -> AssetQLError:
    """What an asynchronous endpoint wrote instead of an image."""
    status = _STATUS.search(text)
    return container_fault(endpoint, int(status.group(1)) if status else 0, text)


def container_fault(endpoint: str, status: int, said: str) -> AssetQLError:
    """The error for a container that answered with `status`; 0 where it didn't answer."""
    message, remedy = _reason(said)
    if status in _REFUSALS:
        return InvalidInput(message or f"The endpoint {endpoint} refused it.", remedy=remedy)
    why = message or ("no answer in time" if status == 0 else "no reason given")
    return ModelUnavailable(f"The endpoint {endpoint} failed ({status}): {why}", remedy=remedy)


def _reason(said: str) -> tuple[str, str]:
    """Message and remedy of our own server's error inside a text; empty where there is none."""
    found = _DOCUMENT.search(said)
    try:
        error = json.loads(found.group())["error"] if found else {}
        return str(error.get("message", "")), str(error.get("remedy", ""))
    except (ValueError, KeyError, AttributeError, TypeError):
        return "", ""
