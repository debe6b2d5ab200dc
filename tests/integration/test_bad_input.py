"""Bad input to every use case: the refusal names the value and the remedy; nothing changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.batch import Row
from assetql.domain.errors import (
    AssetQLError,
    BudgetExceeded,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
)
from assetql.domain.identity import Principal, Role
from assetql.pipeline.search import AssetQuery
from assetql.services import Services
from tests.contract.values import PRICE
from tests.support.homes import rows_named
from tests.support.studios import Studio, call, objects_of, refusal_of, rows_of
from tests.support.use_cases import use_cases

HALF = "\ud800"
STRANGE = ("", "nothing_1", "x" * 5_000, "\x00", HALF, "../../etc/passwd", "' OR 1=1 --", "%", "💥")


class Bad:
    """One call that has to be refused, and what the message has to name."""

    def __init__(
        self, error: type[AssetQLError], named: object, *given: Any, **options: Any
    ) -> None:
        self.error, self.named, self.given, self.options = error, str(named), given, options


BadCalls = Callable[[Studio], list[Bad]]


def row(**changes: Any) -> list[Row]:
    good, bad = rows_named("Sword", "Shield")
    return [good, replace(bad, **changes)]


def bad_rows(error_of: str, **changes: Any) -> Bad:
    return Bad(InvalidInput, error_of, row(**changes), name=None, style=None)


def strange_ids(**options: Any) -> BadCalls:
    """Ids that nobody has: not found, or not even text."""
    return lambda _: [
        Bad(InvalidInput if text == HALF else NotFound, text[:20], text, **options)
        for text in STRANGE
        if text
    ]


def and_more(first: BadCalls, more: BadCalls) -> BadCalls:
    return lambda ours: [*first(ours), *more(ours)]


BAD: dict[str, BadCalls] = {
    "announce_upload.announce_upload": lambda _: [
        Bad(InvalidInput, "audio/mpeg", "song.mp3", size_bytes=3, media_type="audio/mpeg"),
        Bad(InvalidInput, "0 bytes", "empty.png", size_bytes=0, media_type="image/png"),
    ],
    "announce_upload.complete_upload": strange_ids(),
    "api_keys.create_api_key": lambda _: [
        Bad(InvalidInput, "''", "", roles=[Role.EDITOR], life=None),
        Bad(InvalidInput, r"\x1b", "\x1b[31m", roles=[Role.EDITOR], life=None),
        Bad(InvalidInput, "xxx", "x" * 101, roles=[Role.EDITOR], life=None),
        Bad(InvalidInput, "role", "fine", roles=[], life=None),
        Bad(InvalidInput, "0 days", "fine", roles=[Role.EDITOR], life=timedelta(0)),
        Bad(InvalidInput, "3651", "fine", roles=[Role.EDITOR], life=timedelta(days=3651)),
    ],
    "api_keys.revoke_api_key": lambda _: [Bad(NotFound, text[:20], text) for text in STRANGE],
    "approvals.get_approval": strange_ids(),
    "approve.answer_approval": and_more(strange_ids(approve=True), strange_ids(approve=False)),
    "batch_contents.list_batches": lambda _: [
        Bad(InvalidInput, "0", limit=0),
        Bad(InvalidInput, "100000", limit=100_000),
    ],
    "batch_contents.read_assets": and_more(
        strange_ids(), lambda ours: [Bad(InvalidInput, "0", ours.done.batch_id, limit=0)]
    ),
    "batch_contents.read_tasks": and_more(
        strange_ids(), lambda ours: [Bad(InvalidInput, "0", ours.done.batch_id, limit=0)]
    ),
    "batch_status.get_batch": strange_ids(),
    "batch_status.find_batch": strange_ids(),
    "cancel_batch.cancel_batch": and_more(
        strange_ids(), lambda ours: [Bad(Conflict, ours.done.batch_id, ours.done.batch_id)]
    ),
    "create_batch.rows_of_upload": and_more(
        strange_ids(valid_rows_only=True),
        lambda ours: [
            Bad(InvalidInput, ours.image_upload, ours.image_upload, valid_rows_only=True)
        ],
    ),
    "create_batch.create_batch": lambda _: [
        Bad(InvalidInput, "row", [], name=None, style=None),
        bad_rows("Row 2", name=" \n"),
        bad_rows("0x128", width=0),
        bad_rows("128x-5", height=-5),
        bad_rows("100000x128", width=100_000),
        bad_rows("-9 variations", variations=-9),
        bad_rows("1,000,000,001", variations=10**9),
        Bad(NotFound, "nothing", rows_named("Sword"), name=None, style="nothing"),
        bad_rows("Unicode", name=HALF),
    ],
    "delete_style.delete_style": strange_ids(),
    "edit_tags.edit_tags": lambda ours: [
        Bad(InvalidInput, "assets", [], add=["a"], remove=[]),
        Bad(InvalidInput, "tags", [ours.asset_id], add=[], remove=[]),
        Bad(InvalidInput, "a", [ours.asset_id], add=["a"], remove=["A "]),
        Bad(InvalidInput, "' '", [ours.asset_id], add=[" "], remove=[]),
        Bad(InvalidInput, "xxx", [ours.asset_id], add=["x" * 41], remove=[]),
        Bad(InvalidInput, "20", [ours.asset_id], add=[f"t{n}" for n in range(21)], remove=[]),
        Bad(InvalidInput, "1,001", [ours.asset_id] * 1_001, add=["a"], remove=[]),
        Bad(NotFound, "ast_none", [ours.asset_id, "ast_none"], add=["a"], remove=[]),
    ],
    "export.request_export": lambda ours: [
        Bad(InvalidInput, "unitty", presets=["unitty"], batch_id=ours.done.batch_id),
        Bad(InvalidInput, "preset", presets=[], batch_id=ours.done.batch_id),
        Bad(InvalidInput, "0 assets", presets=["raw"]),
        Bad(InvalidInput, "10,001", presets=["raw"], asset_ids=[f"a{n}" for n in range(10_001)]),
        Bad(NotFound, "ast_none", presets=["raw"], asset_ids=[ours.asset_id, "ast_none"]),
        Bad(NotFound, "bat_none", presets=["raw"], batch_id="bat_none"),
        Bad(
            InvalidInput,
            ours.done.batch_id,
            presets=["raw"],
            batch_id=ours.done.batch_id,
            asset_ids=[ours.asset_id],
        ),
    ],
    "export.pack_batch": lambda ours: [
        Bad(InvalidInput, ours.draft.batch_id, ours.draft, ["raw"]),
    ],
    "export.get_package": lambda _: [
        Bad(NotFound, text[:20], text) for text in STRANGE if text != HALF
    ],
    "learn_style.learn_style": lambda ours: [
        Bad(InvalidInput, "''", "", [ours.image_upload]),
        Bad(InvalidInput, "xxx", "x" * 81, [ours.image_upload]),
        Bad(InvalidInput, r"\x1b", "\x1b[31m", [ours.image_upload]),
        Bad(InvalidInput, "not 0", "fine", []),
        Bad(InvalidInput, "not 11", "fine", [ours.image_upload] * 11),
        Bad(InvalidInput, ours.list_upload, "fine", [ours.list_upload]),
        Bad(NotFound, "upl_none", "fine", [ours.image_upload, "upl_none"]),
    ],
    "learn_style.find_style": strange_ids(),
    "learn_style.get_style": strange_ids(),
    "make_variations.make_variations": lambda ours: [
        Bad(InvalidInput, "0", ours.asset_id, count=0, change=None),
        Bad(InvalidInput, "65", ours.asset_id, count=65, change=None),
        Bad(NotFound, "ast_none", "ast_none", count=1, change=None),
    ],
    "notify.notify": and_more(
        strange_ids(), lambda ours: [Bad(Conflict, ours.draft.batch_id, ours.draft.batch_id)]
    ),
    "quote.quote_items": lambda _: [
        Bad(InvalidInput, "0 items", []),
        Bad(InvalidInput, "width: 0", row(width=0)),
    ],
    "retry_failed.retry_failed": and_more(
        strange_ids(), lambda ours: [Bad(Conflict, ours.draft.batch_id, ours.draft.batch_id)]
    ),
    "search.get_asset": strange_ids(),
    "search.search": lambda _: [
        Bad(InvalidInput, "0", AssetQuery(limit=0)),
        Bad(InvalidInput, "201", AssetQuery(limit=201)),
        Bad(InvalidInput, "no color", AssetQuery(color="no color")),
        Bad(NotFound, "nothing", AssetQuery(style="nothing")),
        Bad(NotFound, "nothing", AssetQuery(similar_to="nothing")),
        Bad(InvalidInput, "cursor", AssetQuery(), cursor="nothing"),
        Bad(InvalidInput, "image", AssetQuery(image=b"no image")),
    ],
    "set_budget.set_budget": lambda _: [
        Bad(InvalidInput, "-1", -1_000_000),
        Bad(InvalidInput, "1e+24", 10**30),
    ],
    "start_batch.request_start": and_more(
        strange_ids(), lambda ours: [Bad(Conflict, ours.done.batch_id, ours.done.batch_id)]
    ),
    "tag.tag_batch": strange_ids(),
    "uploads.add_upload": lambda _: [
        Bad(InvalidInput, "song.mp3", "song.mp3", b"ID3"),
        Bad(InvalidInput, "empty.png", "empty.png", b""),
        Bad(InvalidInput, "big.csv", "big.csv", bytes(21 * 2**20)),
    ],
    "uploads.get_upload": strange_ids(),
}

# These have no input that could be bad.
NO_BAD_INPUT = {
    "api_keys.list_api_keys",
    "approvals.list_approvals",
    "audit.note",
    "audit.read_audit",
    "learn_style.list_styles",
    "list_packages.list_packages",
    "usage.read_usage",
}


def test_every_use_case_is_in_the_table() -> None:
    assert use_cases().keys() == BAD.keys() | NO_BAD_INPUT


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_remedy_and_changes_nothing(
    name: str, services: Services, home: Path, ours: Studio
) -> None:
    before = rows_of(home, "studio"), objects_of(services, "studio")
    for bad in BAD[name](ours):
        refusal = refused(lambda b=bad: call(name, services, ours.caller, *b.given, **b.options))
        assert type(refusal) is bad.error, (refusal, bad.given, bad.options)
        shown = str(refusal)
        assert bad.named in shown or repr(bad.named)[1:-1] in shown or bad.named == HALF
        assert refusal.remedy
    assert (rows_of(home, "studio"), objects_of(services, "studio")) == before


def refused(act: Callable[[], object]) -> AssetQLError:
    refusal = refusal_of(act)
    assert refusal, "it was let through"
    return refusal


READS = {
    "approvals.get_approval",
    "approvals.list_approvals",
    "audit.read_audit",
    "batch_contents.list_batches",
    "batch_contents.read_assets",
    "batch_contents.read_tasks",
    "batch_status.find_batch",
    "batch_status.get_batch",
    "create_batch.rows_of_upload",
    "export.get_package",
    "learn_style.find_style",
    "learn_style.get_style",
    "learn_style.list_styles",
    "list_packages.list_packages",
    "quote.quote_items",
    "search.get_asset",
    "search.search",
    "uploads.get_upload",
    "usage.read_usage",
}
# What a viewer would say; `pack_batch` and `note` are called by use cases that have asked already.
WRITES: dict[str, Callable[[Studio], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "announce_upload.announce_upload": lambda _: (
        ("a.csv",),
        {"size_bytes": 9, "media_type": "text/csv"},
    ),
    "announce_upload.complete_upload": lambda ours: ((ours.list_upload,), {}),
    "api_keys.create_api_key": lambda _: (("k",), {"roles": [Role.EDITOR], "life": None}),
    "api_keys.list_api_keys": lambda _: ((), {}),  # who may do what is for owners to know
    "api_keys.revoke_api_key": lambda ours: ((ours.api_key_id,), {}),
    "approve.answer_approval": lambda ours: ((ours.approval.approval_id,), {"approve": True}),
    "cancel_batch.cancel_batch": lambda ours: ((ours.running.batch_id,), {}),
    "create_batch.create_batch": lambda _: ((rows_named("A"),), {"name": None, "style": None}),
    "delete_style.delete_style": lambda ours: ((ours.style_id,), {}),
    "edit_tags.edit_tags": lambda ours: (([ours.asset_id],), {"add": ["a"], "remove": []}),
    "export.request_export": lambda ours: (
        (),
        {"presets": ["raw"], "batch_id": ours.done.batch_id},
    ),
    "learn_style.learn_style": lambda ours: (("look", [ours.image_upload]), {}),
    "make_variations.make_variations": lambda ours: (
        (ours.asset_id,),
        {"count": 1, "change": None},
    ),
    "notify.notify": lambda ours: ((ours.done.batch_id,), {}),
    "retry_failed.retry_failed": lambda ours: ((ours.done.batch_id,), {}),
    "set_budget.set_budget": lambda _: ((1,), {}),
    "start_batch.request_start": lambda ours: ((ours.draft.batch_id,), {}),
    "tag.tag_batch": lambda ours: ((ours.done.batch_id,), {}),
    "uploads.add_upload": lambda _: (("a.csv", b"name\nA\n"), {}),
}


def test_every_use_case_reads_or_asks_for_a_right() -> None:
    assert use_cases().keys() == READS | WRITES.keys() | {"export.pack_batch", "audit.note"}


@pytest.mark.parametrize("name", WRITES)
def test_a_viewer_changes_nothing(name: str, services: Services, home: Path, ours: Studio) -> None:
    before = rows_of(home, "studio"), objects_of(services, "studio")
    viewer = Principal("studio", "vera", frozenset({Role.VIEWER}))
    given, options = WRITES[name](ours)
    refusal = refused(lambda: call(name, services, viewer, *given, **options))
    assert type(refusal) is Forbidden
    assert "vera" in refusal.message
    assert refusal.remedy
    assert (rows_of(home, "studio"), objects_of(services, "studio")) == before


def test_a_start_beyond_the_budget_says_what_is_left(services: Services, ours: Studio) -> None:
    account = services.stores.ledger.account("studio")
    call("set_budget.set_budget", services, ours.caller, account.reserved + account.spent + PRICE)
    many = call("create_batch.create_batch", services, ours.caller, row(), name=None, style=None)
    refusal = refused(
        lambda: call("start_batch.request_start", services, ours.caller, many.batch_id)
    )
    assert type(refusal) is BudgetExceeded
    assert "$0.04" in str(refusal)
    assert "$0.02" in str(refusal)
    assert refusal.remedy


def test_a_time_without_a_zone_is_refused_or_taken_as_utc(services: Services, ours: Studio) -> None:
    query = AssetQuery(since=datetime(2020, 1, 1))
    refusal = refusal_of(lambda: call("search.search", services, ours.caller, query))
    assert refusal is None or isinstance(refusal, InvalidInput)
