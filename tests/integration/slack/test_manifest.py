"""The manifest that people paste into Slack says what the code listens to and needs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import integrations.slack
from integrations.slack.listeners import ALL
from integrations.slack.listeners.commands import VERBS
from integrations.slack.oauth import SCOPES

ADDRESS = "https://assetql.example/slack"


@pytest.fixture(scope="module")
def manifest() -> Any:
    folder = Path(integrations.slack.__file__).parent
    return yaml.safe_load((folder / "manifest.yaml").read_text())


def names(surface: str) -> list[str]:
    return sorted(
        listener.name for listeners in ALL for listener in listeners if listener.surface == surface
    )


def test_events_and_commands_are_those_that_are_listened_to(manifest: Any) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(event.partition(".")[0] for event in subscribed) == names("event")
    commands = manifest["features"]["slash_commands"]
    assert [command["command"] for command in commands] == names("command")
    assert set(commands[0]["usage_hint"].split(" | ")) == set(VERBS)
    assert commands[0]["should_escape"]  # `grant` reads the id of who is mentioned


def test_scopes_are_those_that_an_installation_asks_for(manifest: Any) -> None:
    assert tuple(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_addresses_are_those_that_are_served(manifest: Any) -> None:
    settings = manifest["settings"]
    assert settings["event_subscriptions"]["request_url"] == f"{ADDRESS}/events"
    assert settings["interactivity"]["request_url"] == f"{ADDRESS}/interactive"
    assert manifest["features"]["slash_commands"][0]["url"] == f"{ADDRESS}/commands"
    assert manifest["oauth_config"]["redirect_urls"] == [f"{ADDRESS}/oauth_redirect"]
    assert settings["org_deploy_enabled"] is False  # one team, one workspace
    assert settings["token_rotation_enabled"] is False  # the records keep one token a team
