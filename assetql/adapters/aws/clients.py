"""Clients of the AWS services: one session per process, bounded retries, our own timeouts."""

from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from assetql.adapters.aws.errors import aws_faults
from assetql.settings import Settings

if TYPE_CHECKING:
    from botocore.client import BaseClient

_ATTEMPTS = 6  # of one call, the first included; adaptive mode slows all calls down when throttled
_CONNECT_SECONDS = 3
_READ_SECONDS = 25  # longer than the longest poll of a queue
_MAKING = Lock()  # clients are safe to share among threads, but not to make in several at once


@dataclass(frozen=True)
class Clients:
    """Made at first use: a process pays only for the services that it calls. Thread-safe."""

    region: str | None = None
    endpoint: str | None = None

    @cached_property
    def dynamodb(self) -> Any:
        """Tables."""
        return self.client("dynamodb")

    @cached_property
    def s3(self) -> Any:
        """Objects; signs links with signature version 4."""
        # An emulator has no wildcard names for buckets.
        style = {"addressing_style": "path" if self.endpoint else "virtual"}
        return self.client("s3", signature_version="s3v4", s3=style)

    @cached_property
    def sqs(self) -> Any:
        """Queues."""
        return self.client("sqs")

    @cached_property
    def bedrock(self) -> Any:
        """Language and vision models. People wait for them: fewer attempts, each a long one."""
        return self.client("bedrock-runtime", read_timeout=90, attempts=3)

    @cached_property
    def sagemaker(self) -> Any:
        """Image models. A real-time endpoint answers within 60 s or not at all."""
        return self.client("sagemaker-runtime", read_timeout=65)

    def client(self, service: str, *, attempts: int = _ATTEMPTS, **options: Any) -> "BaseClient":
        """A client of `service` under the project's retries and timeouts."""
        config: dict[str, Any] = {
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": _READ_SECONDS,
            "retries": {"mode": "adaptive", "total_max_attempts": attempts},
            "max_pool_connections": 64,
            **options,
        }
        with _MAKING, aws_faults(service):
            return self._session.client(
                service, endpoint_url=self.endpoint, config=Config(**config)
            )

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(region_name=self.region)


def open_clients(settings: Settings) -> Clients:
    """The clients that the settings ask for; credentials come from where boto3 looks for them.

    One set per process, whoever asks: a session takes time, and throttling is felt by all.
    """
    return _shared(settings.aws_region, settings.aws_endpoint)


@cache
def _shared(region: str | None, endpoint: str | None) -> Clients:
    return Clients(region=region, endpoint=endpoint)
