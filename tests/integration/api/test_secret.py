from pathlib import Path

import pytest

from assetql.domain.errors import InvalidInput
from assetql.settings import Settings
from integrations.api.secret import FILENAME, signing_secret
from tests.contract.races import race


def settings_of(home: Path, **given: str) -> Settings:
    return Settings.model_validate({"home": home, **given})


def test_a_secret_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "new")
    made = race(8, lambda _: signing_secret(settings))
    assert len(set(made)) == 1
    assert len(made[0]) == 32
    assert (tmp_path / "new" / FILENAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILENAME]


def test_the_setting_goes_first(tmp_path: Path) -> None:
    assert signing_secret(settings_of(tmp_path, secret="s" * 32)) == b"s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_others_may_read_is_none(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    signing_secret(settings)
    (tmp_path / FILENAME).chmod(0o644)
    with pytest.raises(InvalidInput, match="ASSETQL_SECRET"):
        signing_secret(settings)
