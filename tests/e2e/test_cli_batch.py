"""assetql batch and worker: from a list to images, and the money that goes with them."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Cli, Studio

STATES = ("QUEUED", "GENERATING", "READY", "FAILED", "CANCELLED")


def counts(**given: int) -> dict[str, int]:
    """All five states, zero where nothing is said."""
    return dict.fromkeys(STATES, 0) | given


def test_a_draft_spends_and_reserves_nothing(cli: Cli, small_list: Path) -> None:
    made = cli.json("batch", "create", small_list, "--name", "Shop")
    status = cli.json("batch", "status", made["batch_id"])
    assert status == {
        "batch_id": made["batch_id"],
        "status": "DRAFT",
        "counts": counts(QUEUED=5),
        "spent": 0,
        "reserved": 0,
    }
    assert "Shop" in cli("batch", "list").out
    assert cli("worker", "--until-idle").code == 0
    assert cli.json("batch", "status", made["batch_id"])["counts"] == counts(QUEUED=5)


def test_a_started_batch_reserves_its_quote_and_spends_it_as_images_get_ready(
    cli: Cli, small_list: Path
) -> None:
    made = cli.json("batch", "create", small_list, "--start", "--yes")
    total = made["quote"]["total"]
    running = cli.json("batch", "status", made["batch_id"])
    assert (running["status"], running["reserved"], running["spent"]) == ("RUNNING", total, 0)
    assert cli.json("budget")["reserved"] == total
    ran = cli("worker", "--until-idle", "--concurrency", "2")
    assert (ran.code, ran.out) == (0, "")
    done = cli.json("batch", "watch", made["batch_id"])
    assert done == {
        "batch_id": made["batch_id"],
        "status": "READY",
        "counts": counts(READY=5),
        "spent": total,
        "reserved": 0,
    }
    budget = cli.json("budget")
    assert (budget["spent"], budget["reserved"]) == (total, 0)
    assert budget["available"] == pytest.approx(budget["budget"] - total)


def test_a_list_comes_from_standard_input_too(cli: Cli, small_list: Path) -> None:
    ran = cli("batch", "create", "-", "--json", stdin=small_list.read_bytes())
    assert (ran.code, ran.document["accepted"]) == (0, 4)


def test_a_dry_run_quotes_and_keeps_nothing(cli: Cli, small_list: Path) -> None:
    dry = cli.json("batch", "create", small_list, "--dry-run", "--start", "--yes")
    assert (dry["batch_id"], dry["tasks"], dry["quote"]["images"]) == (None, 5, 5)
    assert cli.json("batch", "list") == []


def test_refused_rows_stop_the_list_unless_only_the_valid_ones_are_asked_for(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "two.csv"
    file.write_text("name,count\nGood,1\nBad,none\n", encoding="utf-8")
    all_or_nothing = cli("batch", "create", file, "--start", "--yes", "--json")
    assert (all_or_nothing.code, all_or_nothing.document["batch_id"]) == (1, None)
    (refusal,) = all_or_nothing.document["refused"]
    assert (refusal["line"], refusal["column"], refusal["value"]) == (3, "count", "none")
    assert cli.json("batch", "list") == []
    valid = cli.json("batch", "create", file, "--valid-rows-only")
    assert (valid["rows"], valid["accepted"], valid["tasks"]) == (2, 1, 1)
    people = cli("batch", "create", file)
    assert people.code == 1
    assert "--valid-rows-only" in people.err
    assert "none" in people.out


def test_a_batch_is_made_in_the_style_that_it_names(studio: Studio, small_list: Path) -> None:
    assets = studio.cli.json("search", "--style", "Meadow")["assets"]
    assert {asset["style"] for asset in assets} == {"Meadow"}
    assert len(assets) == 5


def test_what_is_cancelled_gives_its_money_back(cli: Cli, small_list: Path) -> None:
    batch = cli.json("batch", "create", small_list, "--start", "--yes")["batch_id"]
    cancelled = cli.json("batch", "cancel", batch)
    assert (cancelled["status"], cancelled["counts"]) == ("CANCELLED", counts(CANCELLED=5))
    assert (cancelled["spent"], cancelled["reserved"]) == (0, 0)
    assert cli.json("batch", "watch", batch)["status"] == "CANCELLED"  # without any worker
    budget = cli.json("budget")
    assert budget["available"] == budget["budget"]


def test_failed_images_say_why_cost_nothing_and_can_be_run_again(
    cli: Cli, small_list: Path, tmp_path: Path
) -> None:
    from tests.e2e.conftest import references

    cli.json("style", "set", "Pixels", *references("pixelarticons", 5))
    made = cli.json("batch", "create", small_list, "--style", "Pixels", "--start", "--yes")
    batch = made["batch_id"]
    spoilt = {"ASSETQL_OFF_STYLE_RATE": "1", "ASSETQL_ATTEMPTS": "1"}
    assert cli("worker", "--until-idle", **spoilt).code == 0
    failed = cli.json("batch", "status", batch)
    assert failed["counts"]["FAILED"] > 0
    share = failed["counts"]["READY"] * made["quote"]["unit_price"]
    assert failed["spent"] == pytest.approx(share)
    assert failed["reserved"] == 0
    assert "style" in cli("batch", "status", batch).out
    again = cli.json("batch", "retry", batch)
    assert again["counts"]["FAILED"] == 0
    assert again["counts"]["QUEUED"] == failed["counts"]["FAILED"]
    assert cli("worker", "--until-idle").code == 0
    assert cli.json("batch", "watch", batch)["counts"] == counts(READY=5)


def test_two_workers_and_a_watcher_share_one_home(cli: Cli, small_list: Path) -> None:
    batch = cli.json("batch", "create", small_list, "--start", "--yes")["batch_id"]
    with (
        cli.spawn("batch", "watch", batch, "--json") as watcher,
        cli.spawn("worker", "--until-idle", "--concurrency", "1") as one,
        cli.spawn("worker", "--until-idle", "--concurrency", "1") as other,
    ):
        assert (one.wait(60), other.wait(60)) == (0, 0)
        out, err = watcher.communicate(timeout=60)
    assert (watcher.returncode, err) == (0, "")
    assert f'"batch_id": "{batch}"' in out
    assert cli.json("batch", "status", batch)["counts"] == counts(READY=5)
