"""The AWS family without waiting: SQS's time is up at once, too.

What a message is hidden or delayed for is over when SQS has heard of it, as if its clock ran far
ahead of ours: everything may be delivered again while it is worked on.
"""

from collections.abc import Callable
from typing import Any

from assetql.ports import Clock, Stores
from assetql.settings import Settings
from tests.support.prompt_aws import family
from tests.support.prompt_aws.family import (
    open_embedder,
    open_images,
    open_optimiser,
    open_tagger,
)

__all__ = ["open_embedder", "open_images", "open_optimiser", "open_stores", "open_tagger"]

_TIMES = {"VisibilityTimeout", "DelaySeconds", "WaitTimeSeconds"}


class HurriedClients(family.PromptClients):
    """All times that SQS is told are nothing."""

    def client(self, service: str, **options: Any) -> Any:
        made = super().client(service, **options)
        made.meta.events.register("before-parameter-build.sqs", _in_no_time)
        return made


def _in_no_time(params: dict[str, Any], **_: Any) -> None:
    entries: list[dict[str, Any]] = params.get("Entries", [])
    for each in (params, *entries):
        each.update(dict.fromkeys(_TIMES & each.keys(), 0))


def open_stores(settings: Settings, clock: Clock) -> tuple[Stores, Callable[[], None]]:
    """The stores of the installation that the settings name."""
    return family.open_stores(settings, clock, HurriedClients)
