"""The same door over a WebSocket: each envelope is acknowledged, and done once."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.services import AgentServices, open_agent
from assetql.domain.errors import InvalidInput
from integrations.slack.socket_mode import serve_socket_mode
from tests.support.homes import open_home
from tests.support.slack.people import Person, buttons_of, until
from tests.support.slack.server import Slack


@contextmanager
def connected(slack: Slack, agent: AgentServices) -> Generator[None]:
    """The door in a thread of its own, until it is cancelled as a signal would."""
    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve_socket_mode(agent))

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(_ended(serving))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: slack.socket)
        yield
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()


async def _ended(serving: "asyncio.Task[None]") -> None:
    await asyncio.gather(serving, return_exceptions=True)


def test_envelopes_are_acknowledged_and_done_once(slack: Slack, tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "slack_bot_token": "xoxb-one",
        "slack_app_token": "xapp-1",
        "slack_owners": ["U1"],
        "slack_api_url": f"{slack.address}/api/",
    }
    with open_home(tmp_path, **settings) as services:
        agent = open_agent(services)
        with connected(slack, agent):
            ana = Person(slack, "", None)
            event = ana.message("I need 2 health potions, 128x128")
            payload = ana.event(event)
            for number in ("1", "2"):
                envelope = {"envelope_id": number, "type": "events_api", "payload": payload}
                slack.send({**envelope, "accepts_response_payload": False})
            until(lambda: {ack["envelope_id"] for ack in slack.acks} == {"1", "2"})
            until(lambda: len(slack.thread("D1", event["ts"])) == 2)
            question = slack.thread("D1", event["ts"])[1]
            press = ana.press(question, "approve:0", question.blocks[1]["elements"][0]["value"])
            slack.send({"envelope_id": "3", "type": "interactive", "payload": press})
            until(lambda: "Approved by <@U1>" in question.everything)
            assert buttons_of(question) == []
        agent.close()
    assert slack.refused == []


async def test_without_its_token_it_says_what_to_set(tmp_path: Path) -> None:
    with open_home(tmp_path, slack_bot_token="xoxb-one") as services:
        agent = open_agent(services)
        with pytest.raises(InvalidInput, match="ASSETQL_SLACK_APP_TOKEN"):
            await serve_socket_mode(agent)
        agent.close()
