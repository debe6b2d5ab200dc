"""A real browser, and doors that the tests of a module share."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.conftest import Cli
from tests.e2e.playground.browser import Doors, opened_doors


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium")
    assert path, "apt-get install chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """The command line on the home of the shared doors."""
    return Cli(tmp_path_factory.mktemp("playground") / "home")


@pytest.fixture(scope="module")
def doors(home: Cli) -> Generator[Doors]:
    """Doors of a home that begins empty."""
    with opened_doors(home) as opened:
        yield opened


@pytest.fixture
def evil_list(tmp_path: Path) -> Path:
    """A list whose names would run a script, were they markup."""
    file = tmp_path / "evil.csv"
    cell = '"<img src=x onerror=alert(1)>"'
    file.write_text(f"name,description,category\n{cell},{cell},potion\n", encoding="utf-8")
    return file
