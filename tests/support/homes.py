"""The embedded family over a folder, under a clock that tests move."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from assetql.domain.batch import Batch, Row
from assetql.domain.identity import Principal, Role
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.create_batch import create_batch
from assetql.pipeline.start_batch import request_start
from assetql.services import Services, open_services
from assetql.settings import Settings
from tests.contract.values import ManualClock

OWNER = Principal("studio", "ana", frozenset({Role.OWNER}))
HOUR = timedelta(hours=1)


@contextmanager
def open_home(
    home: Path, *, clock: ManualClock | None = None, **settings: Any
) -> Generator[Services]:
    """Services of the embedded family; `settings` as the fields of Settings."""
    fast = {"poll_seconds": 0.02, "attempts": 2, **settings, "home": home}
    services = open_services(Settings.model_validate(fast), clock=clock)
    try:
        yield services
    finally:
        services.close()


def rows_named(*names: str, side: int = 128) -> list[Row]:
    """One row per name; an image of it costs the price of a small one."""
    return [
        Row(name=name, description="plain", category="potion", width=side, height=side)
        for name in names
    ]


def draft(
    services: Services,
    *names: str,
    key: str = "draft",
    caller: Principal = OWNER,
    thread_id: str | None = "thread",
) -> Batch:
    """A drafted batch with one image per name."""
    return draft_rows(services, rows_named(*names), key=key, caller=caller, thread_id=thread_id)


def draft_rows(
    services: Services,
    rows: Sequence[Row],
    *,
    key: str = "draft",
    caller: Principal = OWNER,
    thread_id: str | None = "thread",
) -> Batch:
    """A drafted batch of these rows."""
    return create_batch(
        rows,
        name=None,
        style=None,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=key,
        thread_id=thread_id,
    )


def start(services: Services, batch: Batch, *, caller: Principal = OWNER) -> None:
    """Asks for the start of a draft, and approves it."""
    asked = request_start(
        batch.batch_id,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )
    answer_approval(
        asked.approval_id,
        approve=True,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )


def started(services: Services, *names: str, key: str = "draft", **of_draft: Any) -> Batch:
    """A batch that runs: one image per name."""
    batch = draft(services, *names, key=key, **of_draft)
    start(services, batch, caller=of_draft.get("caller", OWNER))
    return batch
