"""Settings that can't be used are named; doctor says what is configured and what is missing."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Cli


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BUDGET", "lots"),
        ("BUDGET", "-1"),
        ("BUDGET", "inf"),
        ("PRICE_LARGE", "nan"),
        ("APPROVAL_HOURS", "inf"),
        ("WORKSPACE", "../other"),
        ("ATTEMPTS", "0"),
        ("PRICE_SMALL", "free"),
        ("LEASE_SECONDS", "0"),
        ("OFF_STYLE_RATE", "2"),
        ("LOG_LEVEL", "loud"),
        ("EMBEDDER", "telepathy"),
        ("EMBEDDER", "clip"),
        ("ADAPTERS", "nowhere.at.all"),
        ("HOME", "/proc/nowhere"),
        ("TRACING", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(cli: Cli, variable: str, value: str) -> None:
    ran = cli("budget", "--json", **{f"ASSETQL_{variable}": value})
    said = ran.error["message"] + ran.error["remedy"]
    assert f"ASSETQL_{variable}" in said
    assert value in said


def test_an_image_backend_that_is_unknown_gets_the_known_ones(cli: Cli) -> None:
    ran = cli("budget", "--json", ASSETQL_IMAGE_BACKEND="crayons")
    assert "'crayons'" in ran.error["message"]
    assert "placeholder" in ran.error["remedy"]


def test_an_empty_variable_counts_as_unset(cli: Cli) -> None:
    assert cli.json("budget", ASSETQL_BUDGET="", ASSETQL_LOG_LEVEL="")["budget"] == 100


def test_the_doctor_says_what_is_there_and_what_stands_in(cli: Cli) -> None:
    findings = {finding["what"]: finding for finding in cli.json("doctor")}
    assert {finding["state"] for finding in findings.values()} <= {"ok", "note"}
    assert "offline planner" in findings["Assistant"]["found"]
    assert "ASSETQL_CHAT_MODEL" in findings["Assistant"]["remedy"]
    assert "placeholder" in findings["Images"]["found"]
    assert str(cli.home) in findings["Data"]["found"]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"ASSETQL_CHAT_MODEL": "crystal:ball"}, "Assistant"),
        ({"ASSETQL_HOME": "/proc/nowhere"}, "Data"),
        ({"ASSETQL_EMBEDDER": "clip"}, "Style"),
    ],
)
def test_the_doctor_goes_on_where_something_is_wrong(
    cli: Cli, settings: dict[str, str], what: str
) -> None:
    ran = cli("doctor", "--json", **settings)
    findings = {finding["what"]: finding for finding in ran.document}
    assert ran.code == 1
    assert findings[what]["state"] == "wrong"
    assert findings[what]["remedy"]
    assert findings["Python"]["state"] == "ok"


def test_without_a_command_the_help_is_shown(cli: Cli) -> None:
    ran = cli()
    assert (ran.code, ran.err) == (0, "")
    for command in ("demo", "chat", "up", "batch", "worker", "search", "export", "doctor"):
        assert command in ran.out
    assert cli("--version").out.startswith("assetql ")
    assert "Example: assetql batch create" in cli("batch", "create", "-h").out


def test_logs_go_to_standard_error(cli: Cli, small_list: Path) -> None:
    ran = cli.process("batch", "create", small_list, "--json", ASSETQL_LOG_LEVEL="DEBUG")
    assert (ran.code, ran.document["accepted"]) == (0, 4)
