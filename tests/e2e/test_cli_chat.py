"""Conversations at the keyboard and through a pipe; Ctrl-C ends what it should, and no more."""

import re
import signal
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import is_zipfile

from tests.e2e.conftest import LISTS, Cli, references


def lines(*said: object) -> str:
    """What is typed, line by line."""
    return "".join(f"{line}\n" for line in said)


def test_a_conversation_through_a_pipe_drafts_asks_and_starts(cli: Cli, small_list: Path) -> None:
    talk = lines(
        f"/attach {small_list} {references('noto', 1)[0]}",
        "Use this image as the style 'Meadow' and make everything in the list with it",
        "yes",
        "/quit",
        "this is not read",
    )
    ran = cli.process("chat", stdin=talk)
    assert (ran.code, ran.err) == (0, "")
    assert "Attached to your next message: small.csv" in ran.out
    assert "Style 'Meadow'" in ran.out
    assert "Batch 'small'" in ran.out
    assert "Approval apr_" in ran.out
    assert "approved by owner" in ran.out
    assert "assetql worker --until-idle" in ran.out
    assert "this is not read" not in ran.out
    (batch,) = cli.json("batch", "list")
    assert (batch["status"], batch["counts"]["QUEUED"]) == ("RUNNING", 5)


def test_a_thread_tells_what_happened_while_nobody_listened(cli: Cli) -> None:
    first = cli.process("chat", stdin=lines("make 2 red potions", "yes"))
    assert first.code == 0, first
    assert cli("worker", "--until-idle").code == 0
    later = cli.process("chat")
    assert later.code == 0
    assert "has ended: READY" in later.out
    assert "2 READY; spent $0.08" in later.out
    assert "has ended" not in cli.process("chat").out


def test_workers_of_a_chat_make_the_images_and_tells_when_they_are_done(cli: Cli) -> None:
    ran = cli.process("chat", "--workers", "1", stdin=lines("make 2 red potions", "yes"))
    assert (ran.code, ran.err) == (0, "")
    assert "has ended: READY" in ran.out


def test_a_package_is_told_with_a_link_to_it(cli: Cli) -> None:
    said = lines("make 2 red potions, 64x64, and export them for unity", "yes", "export it for web")
    ran = cli.process("chat", "--workers", "1", stdin=said)
    assert ran.code == 0
    links = re.findall(r"^(\S+\.zip): (file://\S+)$", ran.out, re.MULTILINE)
    assert [name.rpartition("-")[2] for name, _ in links] == ["unity.zip", "web.zip"]
    assert all(is_zipfile(unquote(urlsplit(link).path)) for _, link in links)


def test_files_that_cannot_be_attached_leave_the_conversation_as_it_was(
    cli: Cli, tmp_path: Path
) -> None:
    fake = tmp_path / "fake.png"
    fake.write_bytes(b"no picture")
    talk = lines("/attach", "/attach nowhere.png", f"/attach {fake}", '/attach "open', "hello")
    ran = cli.process("chat", stdin=talk)
    assert ran.code == 0
    for said in ("No file to attach", "'nowhere.png'", "'fake.png'", "quotes"):
        assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_no_leaves_the_batch_a_draft(cli: Cli) -> None:
    ran = cli.process("chat", stdin=lines("make 3 blue gems", "no"))
    assert ran.code == 0
    (batch,) = cli.json("batch", "list")
    assert (batch["status"], batch["reserved"]) == ("DRAFT", 0)


def test_ctrl_c_at_the_prompt_ends_the_conversation(cli: Cli) -> None:
    with cli.spawn("chat") as process:
        assert process.stdout
        process.stdout.read(len("Write what you need."))
        time.sleep(0.5)  # until it waits for a line
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_ctrl_c_ends_a_watch_and_changes_nothing(cli: Cli, small_list: Path) -> None:
    batch = cli.json("batch", "create", small_list, "--start", "--yes")["batch_id"]
    with cli.spawn("batch", "watch", batch, "--json") as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert cli.json("batch", "status", batch)["status"] == "RUNNING"


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(cli: Cli) -> None:
    made = cli.json("batch", "create", LISTS / "rpg_items.csv", "--start", "--yes")
    with cli.spawn("worker", "--concurrency", "1") as process:
        while not cli.json("batch", "status", made["batch_id"])["counts"]["READY"]:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "ready" in err
    counts = cli.json("batch", "status", made["batch_id"])["counts"]
    assert counts["GENERATING"] == 0
    assert counts["READY"] + counts["QUEUED"] == 40
