"""The AWS family, but what boto3 tries again for the stores it tries at once."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.family import open_embedder, open_images, open_optimiser, open_tagger
from assetql.adapters.aws.resources import names_of
from assetql.adapters.aws.stores import open_stores as open_aws_stores
from assetql.domain.money import MICROS
from assetql.ports import Clock, Stores
from assetql.settings import Settings
from tests.support.fault_proxy.faults import ERRORS

__all__ = ["open_embedder", "open_images", "open_optimiser", "open_stores", "open_tagger"]

ATTEMPTS = 6
_CODES = {code for by_service in ERRORS.values() for _, code in by_service.values()}


class PromptClients(Clients):
    """The project's clients without the pauses between their attempts."""

    def client(self, service: str, **options: Any) -> Any:
        retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
        made = super().client(service, retries=retries, **options)
        kind = made.meta.service_model.service_id.hyphenize()
        made.meta.events.register_first(f"needs-retry.{kind}", _again_at_once)
        return made


def _again_at_once(
    attempts: int, response: Any, caught_exception: Exception | None, **_: Any
) -> int | None:
    """The seconds to wait; None where boto3 is to decide, as it does about everything else."""
    code = response[1].get("Error", {}).get("Code") if response else None
    failed = caught_exception is not None or code in _CODES
    return 0 if failed and attempts < ATTEMPTS else None


def open_stores(
    settings: Settings, clock: Clock, kind: type[Clients] = PromptClients
) -> tuple[Stores, Callable[[], None]]:
    """The stores of the installation that the settings name."""
    del clock  # nothing in the stores of AWS asks for the time
    clients = _clients(kind, settings.aws_region, settings.aws_endpoint, os.getpid())
    budget = round(settings.budget * MICROS)
    return open_aws_stores(clients, names_of(settings), budget=budget), lambda: None


@cache
def _clients(kind: type[Clients], region: str | None, endpoint: str | None, pid: int) -> Clients:
    """Made once per process: making them takes longer than most tests, and a fork shares them."""
    del pid
    return kind(region=region, endpoint=endpoint)
