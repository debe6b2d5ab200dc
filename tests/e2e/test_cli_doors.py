"""`assetql up` as a process: one address, workers beside it, and nothing left behind."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import pytest

from tests.e2e.conftest import Cli


@contextmanager
def doors(cli: Cli, *words: str) -> Generator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """`assetql up` on a free port, and what it says once it answers."""
    with cli.spawn("up", "--port", "0", "--json", *words) as process:
        assert process.stdout
        said = "".join(process.stdout.readline() for _ in range(4))
        yield process, json.loads(said)


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


def test_a_person_logs_in_by_the_link_and_by_nothing_less(cli: Cli) -> None:
    with doors(cli, "--workers", "0") as (process, said):
        with httpx.Client(base_url=said["url"]) as browser:
            assert browser.get("/healthz").status_code == 200
            assert browser.get("/v1/usage").status_code == 401
            assert browser.get("/login?token=guessed").status_code == 401
            assert browser.get(said["open"]).headers["location"].endswith("/ui")
            assert browser.get("/v1/usage").json()["budget"] == 100
        secret = cli.json("key", "create", "build")["secret"]
        by_key = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{said['url']}/v1/usage", headers=by_key).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_worker_that_was_killed_is_started_again_and_none_outlives_the_doors(cli: Cli) -> None:
    with doors(cli, "--no-auth", "--workers", "1") as (process, said):
        (worker,) = children_of(process)
        worker.kill()
        worker.wait(10)
        deadline = time.monotonic() + 30
        while not (again := [c for c in children_of(process) if c.pid != worker.pid]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert httpx.get(f"{said['url']}/v1/usage").status_code == 200
        process.kill()
        process.wait(10)
        gone, alive = psutil.wait_procs(again, timeout=30)
        assert (len(gone), alive) == (1, [])


def test_no_auth_is_for_the_loopback_only(cli: Cli) -> None:
    refused = cli("up", "--no-auth", "--host", "0.0.0.0", "--json")
    assert "'0.0.0.0'" in refused.error["message"]


def test_a_port_that_is_taken_is_named(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = cli("up", "--no-auth", "--port", port, "--json")
    assert str(port) in refused.error["message"]
    assert "--port 0" in refused.error["remedy"]


def test_keys_are_made_listed_and_revoked(cli: Cli) -> None:
    made: dict[str, Any] = cli.json("key", "create", "nightly", "--role", "viewer", "--days", "30")
    assert made["roles"] == ["viewer"]
    (listed,) = cli.json("key", "list")
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    shown = cli("key", "list").out
    assert made["key_id"] in shown
    assert made["secret"] not in shown
    assert "is revoked" in cli("key", "revoke", made["key_id"]).out
    assert cli.json("key", "list") == []
    again = cli("key", "revoke", made["key_id"])
    assert again.code == 1
    assert made["key_id"] in again.err


@pytest.mark.parametrize(
    ("command", "variable"),
    [("slack", "ASSETQL_SLACK_APP_TOKEN"), ("up", "ASSETQL_AUDIENCE")],
)
def test_a_door_that_is_half_set_up_says_what_lacks(cli: Cli, command: str, variable: str) -> None:
    refused = cli(command, ASSETQL_ISSUER="https://login.example", ASSETQL_PORT="0")
    assert refused.code == 1
    assert variable in refused.err


@pytest.mark.parametrize(
    ("settings", "what", "remedy"),
    [
        ({"ASSETQL_ISSUER": "https://login.example"}, "Login", "ASSETQL_AUDIENCE"),
        ({"ASSETQL_SLACK_BOT_TOKEN": "xoxb-1"}, "Slack", "ASSETQL_SLACK_SIGNING_SECRET"),
        ({"ASSETQL_SLACK_APP_TOKEN": "xapp-1"}, "Slack", "ASSETQL_SLACK_BOT_TOKEN"),
    ],
)
def test_doctor_tells_of_a_door_that_is_half_set_up(
    cli: Cli, settings: dict[str, str], what: str, remedy: str
) -> None:
    ran = cli("doctor", "--json", **settings)
    assert ran.code == 1
    (wrong,) = [finding for finding in ran.document if finding["state"] == "wrong"]
    assert wrong["what"] == what
    assert remedy in wrong["remedy"]
