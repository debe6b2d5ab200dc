"""The same call, with the same idempotency key, made many times at once: one effect, one answer."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assetql.adapters.aws.actions import WRITE
from assetql.adapters.aws.items import Item
from assetql.adapters.aws.resources import TABLES
from assetql.adapters.aws.table import Table
from assetql.domain.errors import Conflict
from assetql.services import Services
from tests.contract.races import race
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain
from tests.support.emulator import installed
from tests.support.homes import open_home, rows_named
from tests.support.invariants import batches_of, check_at_rest
from tests.support.making import scripted
from tests.support.studios import LIST, Studio, call, open_studios, refusal_of, rows_of

TIMES = 6
FEWER = 3  # where each costs requests


Call = Callable[[Services, Studio], Any]
# Each, and what tells two answers apart.
CALLS: dict[str, Call] = {
    "create_batch": lambda services, studio: call(
        "create_batch.create_batch",
        services,
        studio.caller,
        rows_named("Fork", "Knife"),
        name=None,
        style=None,
    ),
    "make_variations": lambda services, studio: call(
        "make_variations.make_variations",
        services,
        studio.caller,
        studio.asset_id,
        count=2,
        change="blue",
    ),
    "request_start": lambda services, studio: call(
        "start_batch.request_start", services, studio.caller, studio.draft.batch_id
    ),
    "learn_style": lambda services, studio: (
        call(
            "learn_style.learn_style", services, studio.caller, "new look", [studio.image_upload]
        ).style_id
    ),
    "request_export": lambda services, studio: (
        call(
            "export.request_export",
            services,
            studio.caller,
            presets=["raw"],
            batch_id=studio.done.batch_id,
        ).package
    ),
    "export later": lambda services, studio: (
        call(
            "export.request_export",
            services,
            studio.caller,
            presets=["raw"],
            batch_id=studio.running.batch_id,
        ).follow_up_id
    ),
    "add_upload": lambda services, studio: call(
        "uploads.add_upload", services, studio.caller, "new.csv", LIST
    ),
    "edit_tags": lambda services, studio: (
        call(
            "edit_tags.edit_tags",
            services,
            studio.caller,
            [studio.asset_id],
            add=["new"],
            remove=[],
        )[0].tags
    ),
    "cancel_batch": lambda services, studio: (
        call("cancel_batch.cancel_batch", services, studio.caller, studio.running.batch_id).status
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_made_many_times_at_once_has_one_effect(
    name: str, services: Services, ours: Studio, home: Path
) -> None:
    answers = race(TIMES, lambda _: CALLS[name](services, ours))
    assert [answer for answer in answers if answer != answers[0]] == []
    once = effects_in(home)
    assert CALLS[name](services, ours) == answers[0]
    assert effects_in(home) == once


def effects_in(home: Path) -> object:
    """All rows of the studio; a batch may have been saved again as it was, with a new version."""
    rows = rows_of(home, "studio")
    batches = [re.sub(r'"version":\d+', "", document) for *_, document in rows.pop("batches")]
    return rows, batches


def test_on_aws_they_have_one_effect_each(tmp_path: Path) -> None:
    clock = ManualClock()
    with open_home(tmp_path, family="hurried_aws", clock=clock) as services:
        (studio,) = open_studios(services, clock, "studio")
        clients, names = installed(tmp_path, max_receives=services.settings.max_receives)
        tables = [Table(clients.dynamodb, names.table(shape)) for shape in TABLES]
        for name, make in CALLS.items():
            check_one_effect(name, partial(make, services, studio), tables)


def check_one_effect(name: str, make: Callable[[], object], tables: list[Table]) -> None:
    answers = race(FEWER, lambda _: make())
    assert [answer for answer in answers if answer != answers[0]] == [], name
    once = items_in(tables)
    assert make() == answers[0], name
    assert items_in(tables) == once, name


def items_in(tables: list[Table]) -> list[Item]:
    """All of the installation, but for what a batch that is saved again as it was changes."""
    items = [item for table in tables for item in table.scan()]
    for item in items:
        item.pop(WRITE, None)
        if str(item["sk"]).startswith("batch#"):
            item["version"] = 0
            item["document"] = re.sub(r'"version":\d+', "", str(item["document"]))
    return sorted(items, key=lambda item: (str(item["pk"]), str(item["sk"])))


def test_one_of_many_answers_counts(services: Services, ours: Studio) -> None:
    def answer(number: int) -> bool:
        refusal = refusal_of(
            lambda: call(
                "approve.answer_approval",
                services,
                ours.caller,
                ours.approval.approval_id,
                approve=number % 2 == 0,
            )
        )
        assert refusal is None or isinstance(refusal, Conflict)
        return refusal is None

    assert race(TIMES, answer).count(True) == 1
    assert isinstance(services.clock, ManualClock)
    drain(services, scripted(), services.clock)
    check_at_rest(services, "studio")
    begun = [batch for batch in batches_of(services.stores, "studio") if batch.started_at]
    images = sum(batch.quote.images for batch in begun)
    assert services.stores.ledger.account("studio").spent == images * PRICE
