"""Tools over real stores: one use case each, keyed by call, confined to the workspace."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assetql.domain.errors import Conflict, InvalidInput, NotFound
from assetql.domain.when import moment

EXAMPLES = Path(__file__).parents[3] / "examples"
CallerOf = Callable[[str], Any]


def test_a_repeated_call_drafts_one_batch(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    items = [{"name": "sword"}, {"name": "bow", "variations": 3, "width": 64}]

    told, card = ada.call("create_batch", items=items, height=128)
    again, _ = ada.call("create_batch", items=items, height=128)
    other, _ = ada.call("create_batch", "call_2", items=items)

    assert told["batch_id"] == again["batch_id"] != other["batch_id"]
    assert card["kind"] == "batch"
    assert (card["rows"], card["tasks"], card["status"]) == (2, 4, "DRAFT")
    assert card["resolved"] == {
        "rows": 2,
        "variations": None,
        "width": None,
        "height": 128,
        "style": None,
        "name": "sword and 1 more",
    }


def test_refused_rows_make_no_batch_and_are_named(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    upload = ada.upload(EXAMPLES / "lists" / "messy_campaign.csv")

    told, card = ada.call("create_batch", upload=upload)
    taken, _ = ada.call("create_batch", "call_2", upload=upload, valid_rows_only=True)

    assert card["batch_id"] is None
    assert {"line", "column", "value", "reason", "remedy"} <= set(told["refused"][0])
    assert taken["batch_id"].startswith("bat_")
    assert taken["refused_rows"] == len(card["refused"])


def test_a_start_waits_for_a_person(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    batch, _ = ada.call("create_batch", items=[{"name": "sword"}], variations=2)

    told, card = ada.call("generate")
    follow_up, _ = ada.call("export", presets=["unity"])
    tagging, _ = ada.call("tag")
    status, _ = ada.call("batch_status")

    assert (told["status"], told["batch_id"]) == ("PENDING", batch["batch_id"])
    assert card["resolved"] == {"batch": batch["batch_id"], "images": 2}
    assert follow_up["status"] == tagging["status"] == "PENDING"
    assert status["status"] == "DRAFT"
    assert {f["kind"] for f in status["follow_ups"]} == {"tag", "export"}


@pytest.mark.parametrize("tool", ["generate", "retry_failed", "cancel_batch"])
def test_what_spends_or_ends_takes_no_batch_of_another_thread_unasked(
    caller_of: CallerOf, tool: str
) -> None:
    ada = caller_of("one")
    batch, _ = ada.call("create_batch", items=[{"name": "red shield"}])
    elsewhere = ada.elsewhere("thr_2")

    with pytest.raises(InvalidInput, match="None was made in this conversation") as refused:
        elsewhere.call(tool)

    assert "'red shield'" in refused.value.remedy
    assert batch["batch_id"] in refused.value.remedy
    looked, _ = elsewhere.call("batch_status")  # looking harms nobody
    assert (looked["batch_id"], looked["status"]) == (batch["batch_id"], "DRAFT")
    if tool != "retry_failed":
        told, _ = elsewhere.call(tool, "call_2", batch=batch["batch_id"])
        assert told["batch_id"] == batch["batch_id"]


def test_quotes_of_images_and_of_a_batch(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    ada.call("create_batch", items=[{"name": "sword"}], variations=5)

    images, card = ada.call("quote", images=500, width=256, height=256)
    batch, _ = ada.call("quote")

    assert (images["images"], images["currency"]) == (500, "USD")
    assert images["total"] == pytest.approx(500 * images["unit_price"])
    assert card["resolved"] == {"images": 500}
    assert batch["images"] == 5


def test_a_style_is_learnt_listed_and_used(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    uploads = [ada.upload(EXAMPLES / "chat" / "uploads" / f"ref{n}.png") for n in (1, 2, 3)]

    _, card = ada.call("set_style", name="Meadow", uploads=uploads)
    listed, _ = ada.call("list_styles")
    batch, _ = ada.call("create_batch", items=[{"name": "sword"}], style="meadow")

    assert card["resolved"] == {"name": "Meadow", "references": 3}
    assert [style["name"] for style in listed["styles"]] == ["Meadow"]
    assert batch["style"] == "Meadow"


def test_another_workspace_is_not_found(caller_of: CallerOf) -> None:
    ada, eve = caller_of("one"), caller_of("two")
    batch = ada.call("create_batch", items=[{"name": "sword"}])[0]["batch_id"]
    upload = ada.upload(EXAMPLES / "chat" / "uploads" / "ref1.png")

    for tool in ("generate", "batch_status", "cancel_batch", "retry_failed", "tag", "quote"):
        with pytest.raises(NotFound):
            eve.call(tool, batch=batch)
    with pytest.raises(NotFound):
        eve.call("export", presets=["raw"], batch=batch)
    with pytest.raises(NotFound):
        eve.call("set_style", name="Mine", uploads=[upload])
    with pytest.raises(NotFound):
        eve.call("search", similar_to=upload)
    asset = f"{batch.replace('bat_', 'ast_')}-00001-001-r1"
    with pytest.raises(NotFound):
        eve.call("edit_tags", assets=[asset], add=["x"])
    with pytest.raises(NotFound):
        eve.call("make_variations", asset=asset, count=2)
    assert eve.call("list_styles")[0] == {"styles": []}


def test_a_cancelled_draft_does_not_start(caller_of: CallerOf) -> None:
    ada = caller_of("one")
    ada.call("create_batch", items=[{"name": "sword"}])

    cancelled, _ = ada.call("cancel_batch")

    assert cancelled["status"] == "CANCELLED"
    with pytest.raises(Conflict):
        ada.call("generate")


def test_an_empty_search_says_so(caller_of: CallerOf) -> None:
    told, card = caller_of("one").call("search", text="red potion", since="7d", tags=["x"])

    assert told["assets"] == []
    assert card["resolved"]["text"] == "red potion"


def test_moments() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)

    assert moment("7d", now=now) == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert moment("2026-01-31", now=now) == datetime(2026, 1, 31, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="yesterday"):
        moment("yesterday", now=now)
