"""Handlers as Lambda runs them: settings from the environment, on an installation of the test's."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetql.lambdas import logs, runtime
from assetql.services import Services
from tests.support.emulator import installed, settings_for

RECEIVES = 3
Configure = Callable[..., Services]


@pytest.fixture(autouse=True)
def _a_process_of_its_own() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] — autouse
    """What the handlers keep for their process, and tell logging, goes with the test."""
    yield
    for kept in (runtime.settings, runtime.services, logs.logger):
        kept.cache_clear()
    ours = logging.getLogger(logs.SERVICE)
    for handler in list(ours.handlers):
        ours.removeHandler(handler)
    for mark in ("init", "powertools_handler"):
        vars(ours).pop(mark, None)
    for handler in logging.getLogger().handlers:
        handler.filters.clear()


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Sets the environment, and gives the services that the handlers open by it."""

    def set_environment(**settings: object) -> Services:
        _, names = installed(tmp_path, max_receives=RECEIVES)
        given = {
            "adapters": "assetql.adapters.aws",
            **settings_for(names),
            "max_receives": RECEIVES,
            "off_style_rate": 0,
            "log_level": "INFO",
            **settings,
        }
        for name, value in given.items():
            monkeypatch.setenv(f"ASSETQL_{name.upper()}", str(value))
        return runtime.services()

    return set_environment


@pytest.fixture
def services(configure: Configure) -> Services:
    return configure()
