"""A family of adapters over a folder, under a clock that tests move."""

from collections.abc import Generator, Mapping, Sequence
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


FAMILIES: Mapping[str, str] = {
    "local": "assetql.adapters.local",
    "aws": "assetql.adapters.aws",
    "prompt_aws": "tests.support.prompt_aws",
    "hurried_aws": "tests.support.hurried_aws",
}


@contextmanager
def open_home(
    home: Path,
    *,
    family: str = "local",
    endpoint: str | None = None,
    clock: ManualClock | None = None,
    **settings: Any,
) -> Generator[Services]:
    """Services of a family over a folder, or over the installation that goes with it on AWS.

    `settings` as the fields of Settings; `endpoint`: of a proxy before the emulator.
    """
    fast = {"poll_seconds": 0.02, "attempts": 2, **settings, "home": home}
    chosen = Settings.model_validate(fast | {"adapters": FAMILIES[family]})
    if family != "local":
        chosen = _on_aws(chosen, endpoint)
    services = open_services(chosen, clock=clock)
    try:
        yield services
    finally:
        services.close()


def _on_aws(settings: Settings, endpoint: str | None) -> Settings:
    from tests.support import emulator  # boto3, which tests of the embedded family don't need

    names = emulator.installation(settings.home, settings.max_receives)
    return settings.model_copy(update=emulator.settings_for(names, endpoint))


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
