"""A person at a browser: the page, what it asked for, and what went wrong in its console."""

import json
import os
import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.e2e.conftest import ROOT, Cli

PATIENCE = 60_000  # milliseconds; what is awaited comes far sooner on an idle machine
_PICTURES = Path(os.environ.get("ASSETQL_TEST_ARTIFACTS", ROOT / "test-artifacts"))


@dataclass(frozen=True)
class Doors:
    """`assetql up` as a process of its own."""

    process: subprocess.Popen[str]
    url: str
    open: str


@contextmanager
def opened_doors(cli: Cli, *, workers: int = 1) -> Generator[Doors]:
    """All doors on a free port; they don't outlive the block."""
    with cli.spawn("up", "--port", "0", "--json", "--workers", str(workers)) as process:
        assert process.stdout
        said = json.loads("".join(process.stdout.readline() for _ in range(4)))
        yield Doors(process, said["url"], said["open"])


@dataclass
class Person:
    """One page, and all that happened on it."""

    page: Page
    hosts: set[str] = field(default_factory=set[str])
    complaints: list[str] = field(default_factory=list[str])

    def watch(self) -> None:
        """Notes whom the page asks, and what goes wrong."""
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _asked(self, url: str) -> None:
        if url.startswith(("http", "ws")):
            self.hosts.add(urlsplit(url).hostname or "")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location}")

    def enter(self, url: str) -> None:
        """Opens the page and waits until it can be used."""
        self.page.goto(url)
        expect(self.box).to_be_visible()
        expect(self.page.locator(".aq-banner")).to_be_visible()

    def reload(self) -> None:
        """Opens the page anew; one that is left while it loads complains, and nobody reads it."""
        before = len(self.complaints)
        self.page.reload(wait_until="commit")
        del self.complaints[before:]

    @property
    def box(self) -> Any:
        """Where messages are typed."""
        return self.page.locator("#box textarea")

    @property
    def chat(self) -> Any:
        """The conversation."""
        return self.page.locator("#chat")

    def say(self, text: str, *files: Path) -> None:
        """Attaches, types, and presses Enter."""
        if files:
            self.page.locator("#box input[type=file]").set_input_files(list(files))
            expect(self.page.locator("#box .thumbnail-item")).to_have_count(len(files))
        self.box.fill(text)
        self.box.press("Enter")

    def tab(self, name: str) -> None:
        """Goes to a part of the page."""
        self.page.get_by_role("tab", name=name).click()

    def button(self, name: str) -> Any:
        """The button that is called so."""
        return self.page.get_by_role("button", name=name, exact=True)

    def download(self, folder: Path, within: str) -> Path:
        """Clicks the first download link there."""
        link = self.page.locator(within).get_by_role("link", name=re.compile("Download")).first
        with self.page.expect_download() as coming:
            link.click()
        target = folder / coming.value.suggested_filename
        coming.value.save_as(target)
        return target

    def picture(self, name: str) -> None:
        """A screenshot for people to look at."""
        _PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=_PICTURES / f"{name}.png")

    def nothing_went_wrong(self) -> None:
        """Nobody elsewhere was asked, and the console is quiet."""
        assert self.hosts == {"127.0.0.1"}
        assert self.complaints == []


@contextmanager
def person_at(browser: Browser, **context: Any) -> Generator[Person]:
    """A browser window of its own."""
    size: dict[str, Any] = {"viewport": {"width": 1360, "height": 860}}
    opened = browser.new_context(**(size | context))
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    person = Person(opened.new_page())
    person.watch()
    try:
        yield person
    finally:
        opened.close()
