"""Images from an asynchronous endpoint of SageMaker: request and image pass through S3.

What is asked lies under a key made of its content, beside a note of where the answer will be. So
whoever asks again for the same image, after a crash or a redelivery, finds what was asked before
and waits for it. Everything lies under `async/`, which the bucket's lifecycle empties.
"""

import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.adapters.aws.images import JSON, endpoint_faults, failure_of, read_image
from assetql.adapters.aws.resources import ASYNC_PREFIX
from assetql.domain.errors import AssetQLError, ModelUnavailable
from assetql.domain.imaging import ImageRequest, ImageResponse

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_LEAST_TTL, _MOST_TTL = 60, 21_600  # seconds that SageMaker lets a request wait
_MOST_WORKING = 3_600


@dataclass(frozen=True, slots=True)
class _Job:
    """Where the answer will be, as `s3://bucket/key`."""

    output: str
    failure: str


class SageMakerAsyncImages:
    """Asks once, and looks for the answer until `wait` seconds are over."""

    def __init__(
        self,
        client: Any,
        s3: Any,
        *,
        bucket: str,
        endpoint: str,
        wait: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`client`: sagemaker-runtime's."""
        self._client = client
        self._s3 = s3
        self._bucket = bucket
        self._endpoint = endpoint
        self._wait = wait
        self._sleep = sleep

    def generate(self, request: ImageRequest) -> ImageResponse:
        body = request.model_dump_json().encode()
        digest = sha256(b"\n".join([self._endpoint.encode(), body])).hexdigest()
        stem = f"{ASYNC_PREFIX}{digest}"
        job = self._asked(stem) or self._ask(stem, body)
        answer = self._await(stem, job)
        try:
            return read_image(answer, self._endpoint)
        except ModelUnavailable:
            self._forget(stem)
            raise

    def _asked(self, stem: str) -> _Job | None:
        """What was asked before, unless it is so old that nothing will come of it."""
        with self._s3_faults():
            try:
                found = self._s3.get_object(Bucket=self._bucket, Key=f"{stem}/job.json")
            except ClientError as error:
                if error_code(error) != "NoSuchKey":
                    raise
                return None
            note = json.loads(found["Body"].read())
        # Both times are S3's own.
        now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
        if (now - found["LastModified"]).total_seconds() > 2 * self._wait:
            return None
        return _Job(**note)

    def _ask(self, stem: str, body: bytes) -> _Job:
        key = f"{stem}/request.json"
        with self._s3_faults():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=JSON)
        with endpoint_faults(self._endpoint):
            accepted = self._client.invoke_endpoint_async(
                EndpointName=self._endpoint,
                InputLocation=f"s3://{self._bucket}/{key}",
                ContentType=JSON,
                Accept=JSON,
                RequestTTLSeconds=min(_MOST_TTL, max(_LEAST_TTL, math.ceil(self._wait))),
                InvocationTimeoutSeconds=min(_MOST_WORKING, math.ceil(self._wait)),
            )
        job = _Job(accepted["OutputLocation"], accepted.get("FailureLocation", ""))
        with self._s3_faults():
            self._s3.put_object(
                Bucket=self._bucket,
                Key=f"{stem}/job.json",
                Body=json.dumps(asdict(job)).encode(),
                ContentType=JSON,
            )
        return job

    def _await(self, stem: str, job: _Job) -> bytes:
        deadline = time.monotonic() + self._wait
        pause = _FIRST_PAUSE
        while True:
            output = self._read(job.output)
            if output is not None:
                return output
            failure = self._read(job.failure) if job.failure else None
            if failure is not None:
                self._forget(stem)
                raise self._failed(failure)
            left = deadline - time.monotonic()
            if left <= 0:
                raise ModelUnavailable(
                    f"The endpoint {self._endpoint} has no image after {self._wait:g} s.",
                    remedy="It is asked for again. Set ASSETQL_IMAGE_WAIT_SECONDS to wait longer.",
                )
            self._sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * 1.5)

    def _failed(self, failure: bytes) -> AssetQLError:
        return failure_of(failure.decode(errors="replace"), self._endpoint)

    def _read(self, location: str) -> bytes | None:
        bucket, _, key = location.removeprefix("s3://").partition("/")
        with self._s3_faults():
            try:
                return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error_code(error) != "NoSuchKey":
                    raise
                return None

    def _forget(self, stem: str) -> None:
        """Whoever asks next asks anew."""
        with self._s3_faults():
            self._s3.delete_object(Bucket=self._bucket, Key=f"{stem}/job.json")

    def _s3_faults(self) -> AbstractContextManager[None]:
        return aws_faults(f"The bucket {self._bucket}", kind=ModelUnavailable)
