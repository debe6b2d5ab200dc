"""What people do beside the main job: variations, tags, likeness, styles, packages, stopping."""

import re
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from assetql.domain.thread import TurnLease
from assetql.services import Services
from tests.e2e.conftest import Cli, references
from tests.e2e.playground.browser import Doors, Person, person_at
from tests.support.homes import open_home

_WHERE = "default"  # the workspace of whoever has the link
_NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def stocked(home: Cli, small_list: Path) -> Cli:
    """A home with an ended batch of five images; its packages are still to be made."""
    home.json("batch", "create", small_list, "--start", "--yes")
    assert home("worker", "--until-idle").code == 0
    return home


@pytest.fixture(scope="module")
def services(stocked: Cli) -> Generator[Services]:
    """The same home, as another process has it."""
    with open_home(stocked.home) as opened:
        yield opened


def test_a_person_works_with_images_styles_and_packages(
    browser: Browser, stocked: Cli, doors: Doors, tmp_path: Path
) -> None:
    assert stocked.home.exists()
    with person_at(browser) as person:
        person.enter(doors.open)
        _gallery(person)
        _package_and_reload(person, tmp_path)
        _style_from_files(person)
        person.nothing_went_wrong()
    with person_at(browser, viewport=_NARROW, color_scheme="dark") as person:
        person.enter(doors.open)
        _on_a_telephone(person)
        person.nothing_went_wrong()


def _gallery(person: Person) -> None:
    page, one = person.page, person.page.locator("#one")
    person.tab("Gallery")
    expect(page.locator("[data-pick]")).to_have_count(5)
    page.locator("[data-pick]", has_text="Iron Key").click()
    expect(one).to_contain_text("Iron Key")
    page.get_by_label("Add tags").fill("metal, door")
    page.get_by_label("Add tags").press("Enter")
    expect(one.locator(".aq-chip", has_text="metal")).to_be_visible()
    page.get_by_label("Remove tags").fill("door")
    person.button("Save tags").click()
    expect(one.locator(".aq-chip", has_text="door")).to_have_count(0)
    person.button("More like this").click()
    expect(page.get_by_text("4 images like Iron Key")).to_be_visible()
    expect(page.get_by_label("Search", exact=True)).to_be_in_viewport()
    person.picture("gallery-like")
    person.button("Reset").click()
    expect(page.locator("[data-pick]")).to_have_count(5)
    page.get_by_label("Variations: what should differ").fill("made of gold")
    page.get_by_label("How many").fill("2")
    person.button("Draft").click()
    expect(page.locator("#approval")).to_contain_text("Make 2 images")
    person.picture("variations")
    person.button("Approve").click()
    expect(page.locator("#live")).to_contain_text("2 ready")
    expect(person.chat).to_contain_text("has ended: READY")
    person.tab("Gallery")
    expect(page.locator("[data-pick]")).to_have_count(7)


def _package_and_reload(person: Person, tmp_path: Path) -> None:
    page = person.page
    person.tab("Export")
    picked = page.locator("#export").get_by_label("Batch")
    expect(picked).to_have_value(re.compile("2 images"))
    page.locator("#export").get_by_role("button", name="Export").click()
    assert person.download(tmp_path, "#package").suffix == ".zip"
    expect(page.locator("#earlier .aq-package")).to_have_count(1)
    person.reload()
    expect(person.box).to_be_visible()
    person.tab("Export")
    expect(page.locator("#earlier .aq-package")).to_have_count(1)
    person.picture("export-earlier")
    assert person.download(tmp_path, "#earlier").stat().st_size > 0


def _style_from_files(person: Person) -> None:
    page, shelf = person.page, person.page.locator(".aq-shelf")
    person.tab("Styles")
    page.get_by_text("Learn a style from images").click()
    page.get_by_label("Name", exact=True).fill("Noto")
    page.locator("#styles input[type=file]").set_input_files(references("noto", 4))
    sent = page.locator("#styles").get_by_role("cell", name=references("noto", 4)[3].name)
    expect(sent).to_be_visible()  # by the table's name for it: while it is sent, it is text as well
    person.button("Learn the style").click()
    expect(shelf).to_contain_text("Noto")
    expect(shelf.locator(".aq-tile")).to_have_count(4)
    assert shelf.locator(".aq-swatch").count() > 2
    expect(shelf).to_contain_text("Threshold")
    expect(shelf).to_contain_text("Lets in by mistake")
    person.picture("style-learnt")
    person.button("Learn the style").click()
    expect(page.get_by_text("No references.")).to_be_visible()


def _on_a_telephone(person: Person) -> None:
    page = person.page
    person.tab("Gallery")
    page.locator("[data-pick]").first.click()
    expect(page.locator("#one h3")).to_be_in_viewport()
    shown = {"Gallery": "#one h3", "Styles": ".aq-shelf", "Export": "#earlier .aq-package"}
    for tab, part in shown.items():
        person.tab(tab)
        page.locator(part).first.scroll_into_view_if_needed()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= _NARROW["width"], tab
        person.picture(f"phone-{tab.casefold()}")


def test_an_answer_that_is_stopped_keeps_what_was_said(
    browser: Browser, doors: Doors, services: Services
) -> None:
    with person_at(browser) as person:
        person.enter(doors.open)
        person.say("What styles do we have?")
        expect(person.chat).to_contain_text("List the styles")
        stop = person.page.locator("#box .stop-button")
        expect(stop).to_be_hidden()
        let_go = _hold(services, _thread(person))
        person.say("How much are 12 potions?")
        expect(stop).to_be_visible()
        expect(person.box).to_have_value("")
        while len(services.stores.inbox.after(_WHERE, _thread(person), 0)) < 2:
            person.page.wait_for_timeout(20)
        person.picture("stop")
        stop.click()
        expect(stop).to_be_hidden()
        expect(person.box).to_have_value("")
        let_go()
        person.say("And how much are 13?")
        expect(person.chat).to_contain_text("How much are 12 potions?")
        expect(person.chat).to_contain_text("13 images for")
        person.nothing_went_wrong()


def _thread(person: Person) -> str:
    (named,) = parse_qs(urlsplit(person.page.url).query)["thread"]
    return named


def _hold(services: Services, thread: str) -> Callable[[], None]:
    """Another turn holds the thread, until the returned function is called."""
    turns, now = services.stores.turns, datetime.now(UTC)
    until = now + timedelta(minutes=2)
    lease: TurnLease | None = None
    while lease is None:  # the answer shows a moment before its turn is over
        lease = turns.acquire(_WHERE, thread, holder="the test", until=until, now=datetime.now(UTC))
    held = lease
    return lambda: turns.finish(held, consumed=held.consumed)


def test_who_is_signed_out_signs_in_again_and_loses_nothing(browser: Browser, doors: Doors) -> None:
    with person_at(browser) as person:
        person.enter(doors.open)
        cookies = person.page.context.cookies()
        person.box.fill("Which styles are there?")
        person.page.context.clear_cookies()
        gone = person.page.locator("#aq-signed-out")
        expect(gone).to_contain_text("signed out")
        link = gone.get_by_role("link", name="Sign in again")
        assert str(link.get_attribute("href")).startswith("/login?next=%2Fui")
        person.picture("signed-out")
        person.page.context.add_cookies([{**each} for each in cookies])  # pyright: ignore[reportArgumentType] - a cookie is one
        expect(gone).to_be_hidden()
        person.box.press("Enter")
        expect(person.chat).to_contain_text("Which styles are there?")
        expect(person.chat).to_contain_text("List the styles")
        assert all("401" in complaint for complaint in person.complaints)
