"""Stop, while a model is still talking."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Cli
from tests.e2e.playground.browser import opened_doors, person_at
from tests.support.emulator import REGION, emulator_address
from tests.support.stand_ins import a_model

_LONG = " ".join(f"This is sentence {number} of many." for number in range(1, 60))


def test_an_answer_that_is_stopped_as_it_streams_ends_there(browser: Browser, cli: Cli) -> None:
    model = a_model()
    cli.settings |= {
        "ASSETQL_CHAT_MODEL": f"bedrock_converse:{model.name}",
        "ASSETQL_AWS_ENDPOINT": emulator_address(),
        "ASSETQL_AWS_REGION": REGION,
    }
    model.follow({"content": [{"text": _LONG}]}, {"content": [{"text": "Short."}]}, per_token_ms=20)
    with opened_doors(cli) as doors, person_at(browser) as person:
        person.enter(doors.open)
        stop = person.page.locator("#box .stop-button")
        person.say("Tell me a long story.")
        expect(person.chat).to_contain_text("This is sentence 2 of many.")
        stop.click()
        expect(stop).to_be_hidden()
        person.say("A short one, then.")
        expect(person.chat).to_contain_text("Short.")
        expect(person.chat).to_contain_text("many. …")
        person.picture("stopped")
        person.reload()
        expect(person.chat).to_contain_text("Short.")
        shown = person.chat.inner_text()
        person.nothing_went_wrong()
    _, after = model.requests()
    asked, answered, _ = (message["content"][0]["text"] for message in after["messages"])
    assert asked == "Tell me a long story."
    assert answered in shown
    assert answered.endswith("many. …")
    assert "sentence 50" not in answered
