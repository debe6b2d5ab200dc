"""A Slack on this machine, and the app beside it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.slack.served import Serve, Served, serve_slack
from tests.support.slack.server import Slack, slack_running


@pytest.fixture
def slack() -> Iterator[Slack]:
    with slack_running() as running:
        yield running


@pytest.fixture
def serve(slack: Slack, tmp_path: Path) -> Serve:
    return partial(serve_slack, slack, tmp_path / "home")


@pytest.fixture
def served(serve: Serve) -> Iterator[Served]:
    """The app with one team, whose every call Slack would have taken."""
    with serve() as running:
        yield running
        assert running.slack.refused == []
