"""The environment, as people get it wrong."""

from pathlib import Path

import pytest

from assetql.settings import Settings


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETQL_HOME", "")  # or the data would lie in whatever folder one is in
    monkeypatch.setenv("ASSETQL_CHAT_MODEL", "")
    settings = Settings()
    assert settings.home == Path.home() / ".assetql"
    assert settings.chat_model == "offline"
