"""The page by keyboard, on a narrow screen, in the dark; and names that would run a script."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Cli
from tests.e2e.playground.browser import Doors, person_at

_SCRIPT = "<img src=x onerror=alert(1)>"
_NARROW = {"width": 380, "height": 800}


def test_a_question_is_asked_and_declined_without_a_mouse(browser: Browser, doors: Doors) -> None:
    with person_at(browser) as person:
        person.enter(doors.open)
        expect(person.box).to_be_focused()
        keys = person.page.keyboard
        keys.type("5 health potions, 128 px, go")
        keys.press("Enter")
        expect(person.page.locator("#approval")).to_contain_text("Make 5 images")
        expect(person.box).to_have_value("")
        person.box.focus()
        keys.press("Shift+Tab")
        keys.press("Shift+Tab")
        for _ in range(4):  # the box's own buttons lie in between
            if person.button("Decline").evaluate("it => it === document.activeElement"):
                break
            keys.press("Shift+Tab")
        expect(person.button("Decline")).to_be_focused()
        keys.press("Enter")
        expect(person.chat).to_contain_text("Declined by owner")
        expect(person.page.locator("#approval")).to_be_hidden()
        person.nothing_went_wrong()


def test_the_page_fits_a_telephone(browser: Browser, doors: Doors) -> None:
    with person_at(browser, viewport=_NARROW, color_scheme="dark") as person:
        person.enter(doors.open)
        expect(person.page.locator("#threads.open")).to_have_count(0)
        shown = {
            "Chat": "#box",
            "Gallery": "#grid",
            "Styles": ".aq-empty",
            "Export": "#export button",
        }
        for tab, part in shown.items():
            person.tab(tab)
            expect(person.page.locator(f"{part} >> visible=true").first).to_be_visible()
            width = person.page.evaluate("document.scrollingElement.scrollWidth")
            assert width <= _NARROW["width"], tab
            used = person.page.locator("#tabs").evaluate("it => it.clientWidth")
            assert used > 0.9 * _NARROW["width"], tab
            person.picture(f"narrow-dark-{tab.casefold()}")
        person.nothing_went_wrong()


def test_the_page_says_what_stands_in_for_models(browser: Browser, doors: Doors) -> None:
    with person_at(browser) as person:
        person.enter(doors.open)
        person.page.get_by_text("Using built-in stand-ins").click()
        said = person.page.locator(".aq-honest")
        expect(said).to_contain_text("offline planner")
        expect(said).to_contain_text("ASSETQL_CHAT_MODEL=")
        expect(said).to_contain_text("ASSETQL_IMAGE_BACKEND=")


def test_names_from_files_are_text_and_no_markup(
    browser: Browser, doors: Doors, home: Cli, evil_list: Path
) -> None:
    home.json("batch", "create", evil_list, "--start", "--yes")
    assert home("worker", "--until-idle").code == 0
    with person_at(browser) as person:
        person.enter(doors.open)
        page = person.page
        person.tab("Gallery")
        expect(page.locator("[data-pick]")).to_contain_text(_SCRIPT)
        page.locator("[data-pick]").click()
        expect(page.locator("#one h3")).to_contain_text(_SCRIPT)
        person.tab("Chat")
        person.say("Show me potions")
        expect(person.chat.locator(".aq-tile").first).to_have_attribute("data-name", _SCRIPT)
        assert page.locator("img[src='x']").count() == 0
        person.nothing_went_wrong()


def test_what_is_answered_on_one_page_shows_on_another(browser: Browser, doors: Doors) -> None:
    with person_at(browser) as asking, person_at(browser) as answering:
        asking.enter(doors.open)
        asking.say("3 mana potions, 128 px, go")
        expect(asking.page.locator("#approval")).to_contain_text("Make 3 images")
        # Signed in before any page is open: one that is left while it loads complains of that.
        assert answering.page.request.get(doors.open).ok
        answering.enter(asking.page.url)
        answering.button("Decline").click()
        for person in (answering, asking):
            expect(person.chat.locator(".aq-badge")).to_have_text("Declined by owner")
            expect(person.page.locator("#approval")).to_be_hidden()
            person.nothing_went_wrong()


def test_back_and_forward_go_from_conversation_to_conversation(
    browser: Browser, doors: Doors
) -> None:
    asked = ("What styles do we have?", "Show me red potions")
    for said in asked:
        with person_at(browser) as person:
            person.enter(doors.open)
            person.say(said)
            listed = person.page.locator(".aq-threads a", has_text=said)
            expect(listed).to_be_visible()
    with person_at(browser) as person:
        person.enter(doors.open)
        for said in asked:
            person.page.locator(".aq-threads a", has_text=said).click()
            expect(person.chat).to_contain_text(said)
        person.page.go_back()
        expect(person.chat).to_contain_text(asked[0])
        person.page.go_forward()
        expect(person.chat).to_contain_text(asked[1])
