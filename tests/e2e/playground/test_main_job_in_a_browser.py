"""From a list and references to a package by clicking, and all of it there after kill -9."""

import re
import zipfile
from pathlib import Path

import psutil
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Cli, references
from tests.e2e.playground.browser import Doors, Person, opened_doors, person_at

ASK = (
    "Use these three images as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package."
)
ASKED = re.compile("Use these three images as the style")


def test_a_person_reaches_a_package_and_finds_it_all_again_after_kill_9(
    browser: Browser, cli: Cli, small_list: Path, tmp_path: Path
) -> None:
    with opened_doors(cli, workers=2) as doors, person_at(browser) as person:
        _ask_and_approve(person, doors, small_list)
        package = person.download(tmp_path, "#live")
        _check_unity(package)
        person.picture("chat")
        _tag_in_the_gallery(person)
        _export_for_godot(person, tmp_path)
        _styles(person)
        thread = person.page.url.partition("?")[2]
        person.nothing_went_wrong()
        _kill(doors)
    with opened_doors(cli) as doors, person_at(browser) as person:
        _as_it_was(person, doors, thread)
        person.nothing_went_wrong()


def _ask_and_approve(person: Person, doors: Doors, small_list: Path) -> None:
    """One sentence and two clicks: attach (a dialog of the system's own), approve; then wait."""
    person.enter(doors.open)
    expect(person.chat).to_contain_text("What shall we make?")
    person.picture("empty")
    person.say(ASK, small_list, *references("noto", 3))
    expect(person.page.locator("#approval")).to_contain_text("Make 5 images for")
    expect(person.chat).to_contain_text("Meadow")
    person.picture("approval")
    person.button("Approve").click()
    live = person.page.locator("#live")
    expect(live).to_contain_text("5 ready")
    expect(live.locator(".aq-tile")).to_have_count(5)
    expect(person.chat).to_contain_text("has ended: READY")
    expect(person.page.locator("#approval")).to_be_hidden()


def _check_unity(package: Path) -> None:
    with zipfile.ZipFile(package) as files:
        assert files.testzip() is None
        sprites = [n for n in files.namelist() if re.match(r"unity/Assets/.*\.png$", n)]
        assert len(sprites) == 5
        assert {f"{sprite}.meta" for sprite in sprites} <= set(files.namelist())


def _tag_in_the_gallery(person: Person) -> None:
    page = person.page
    person.tab("Gallery")
    expect(page.locator("[data-pick]")).to_have_count(5)
    page.get_by_label("Search", exact=True).fill("shield")
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page.locator("[data-pick]")).to_have_count(1)
    page.locator("[data-pick]").click()
    expect(page.locator("#one")).to_contain_text("Oak Shield")
    page.get_by_label("Add tags").fill("boss")
    person.button("Save tags").click()
    expect(page.locator("#one .aq-chip", has_text="boss")).to_be_visible()
    page.locator("#one .aq-large").click()
    expect(page.locator("#aq-lightbox")).to_contain_text("Oak Shield")
    person.picture("lightbox")
    page.keyboard.press("Escape")
    expect(page.locator("#aq-lightbox")).to_be_hidden()
    person.button("Reset").click()
    expect(page.locator("[data-pick]")).to_have_count(5)
    person.button("More like this").click()
    expect(page.locator("[data-pick]")).to_have_count(4)
    person.picture("gallery")


def _export_for_godot(person: Person, tmp_path: Path) -> None:
    person.tab("Export")
    page = person.page
    expect(page.locator("#export").get_by_label("Batch")).to_have_value(re.compile("5 images"))
    page.get_by_role("checkbox", name="unity").uncheck()
    page.get_by_role("checkbox", name="godot").check()
    page.locator("#export").get_by_role("button", name="Export").click()
    with zipfile.ZipFile(person.download(tmp_path, "#package")) as files:
        assert sum(name.startswith("godot/") and name.endswith(".png") for name in files.namelist())
    person.picture("export")


def _styles(person: Person) -> None:
    person.tab("Styles")
    shelf = person.page.locator(".aq-shelf")
    expect(shelf).to_contain_text("Meadow")
    expect(shelf.locator(".aq-tile")).to_have_count(3)
    expect(shelf).to_contain_text("AUC")
    person.picture("styles")


def _kill(doors: Doors) -> None:
    workers = psutil.Process(doors.process.pid).children()
    doors.process.kill()
    doors.process.wait(10)
    psutil.wait_procs(workers, timeout=30)


def _as_it_was(person: Person, doors: Doors, thread: str) -> None:
    person.enter(doors.open)
    person.page.locator(".aq-threads a", has_text=ASKED).click()
    expect(person.chat).to_contain_text(ASKED)
    assert person.page.url.partition("?")[2] == thread
    person.reload()
    expect(person.chat).to_contain_text("has ended: READY")
    expect(person.page.locator("#live")).to_contain_text("5 ready")
    person.tab("Gallery")
    page = person.page
    page.locator("[data-pick]", has_text="Oak Shield").click()
    expect(page.locator("#one .aq-chip", has_text="boss")).to_be_visible()
