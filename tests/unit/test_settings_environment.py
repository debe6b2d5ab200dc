"""The environment, as people get it wrong."""

import pwd
from pathlib import Path

import pytest
from pydantic import ValidationError

from assetql.settings import Settings


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETQL_HOME", "")  # or the data would lie in whatever folder one is in
    monkeypatch.setenv("ASSETQL_CHAT_MODEL", "")
    settings = Settings()
    assert settings.home == Path.home() / ".assetql"
    assert settings.chat_model == "offline"


def test_a_user_without_a_home_has_settings_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> None:
        raise KeyError

    for name in ("HOME", "ASSETQL_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert Settings().home == Path(".assetql")


@pytest.mark.parametrize("name", ["studio.example.com", "ab", "Studio", "studio-", "s_1"])
def test_a_bucket_that_a_browser_could_not_reach_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="aws_bucket"):
        Settings(aws_bucket=name)
