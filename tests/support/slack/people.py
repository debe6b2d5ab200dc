"""People in Slack: each thing that they do reaches the app as Slack would send it, signed."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx

from tests.support.slack.server import Slack
from tests.support.slack.workspace import Message

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
T = TypeVar("T")
_NUMBERS = count(1)


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Slack's headers for a body."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def until(true: Callable[[], T], patience: float = 20) -> T:
    """What it returns once that is not empty; for what the app does in the background."""
    deadline = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return found


@dataclass
class Person:
    """A member of a team, who talks to the app at `address`."""

    slack: Slack
    address: str
    http: httpx.Client | None
    user: str = "U1"
    team: str = "T1"
    channel: str = "D1"

    @property
    def bot(self) -> str:
        return f"UBOT{self.team[1:]}"

    def post(self, path: str, body: str, kind: str, **headers: str) -> httpx.Response:
        """As Slack posts it."""
        content_type = {"Content-Type": kind}
        assert self.http is not None  # over Socket Mode, nobody posts
        return self.http.post(
            f"{self.address}/slack/{path}",
            content=body.encode(),
            headers={**content_type, **signed(body), **headers},
        )

    def send_event(self, event: dict[str, Any], **headers: str) -> httpx.Response:
        return self.post("events", json.dumps(self.event(event)), "application/json", **headers)

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        """The envelope of an event."""
        return {
            "type": "event_callback",
            "team_id": self.team,
            "api_app_id": "A1",
            "event_id": f"Ev{next(_NUMBERS):06d}",
            "event": event,
            "authorizations": [{"team_id": self.team, "user_id": self.bot, "is_bot": True}],
        }

    def message(self, text: str, thread_ts: str | None = None, **more: Any) -> dict[str, Any]:
        """The event of a direct message; its `ts` is where the answer's thread begins."""
        made = {
            "type": "message",
            "channel": self.channel,
            "channel_type": "im",
            "user": self.user,
            "team": self.team,
            "text": text,
            "ts": self.slack.world.new_ts(),
            **more,
        }
        return {**made, "thread_ts": thread_ts} if thread_ts else made

    def says(self, text: str, thread_ts: str | None = None, **more: Any) -> str:
        """Writes to the app; returns the thread."""
        event = self.message(text, thread_ts, **more)
        answer = self.send_event(event)
        assert answer.status_code == 200, answer.text
        return thread_ts or str(event["ts"])

    def presses(
        self, message: Message, action_id: str, *, value: str | None = None, **more: Any
    ) -> httpx.Response:
        """Presses a button of a message that is there."""
        pressed = value if value is not None else button_of(message, action_id)["value"]
        return self.interacts(self.press(message, action_id, pressed, **more))

    def press(self, message: Message, action_id: str, value: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "team": {"id": self.team},
            "user": {"id": self.user, "team_id": self.team},
            "channel": {"id": message.channel},
            "message": {"ts": message.ts, "thread_ts": message.thread_ts or message.ts},
            "container": {"type": "message", "message_ts": message.ts},
            "trigger_id": f"{next(_NUMBERS)}.trigger",
            "actions": [{"action_id": action_id, "value": value, "type": "button"}],
            "response_url": f"{self.slack.address}/respond/{self.team}/{self.user}",
            **more,
        }

    def submits(self, view: dict[str, Any], values: dict[str, Any]) -> httpx.Response:
        """Sends a form."""
        return self.interacts(
            {
                "type": "view_submission",
                "team": {"id": self.team},
                "user": {"id": self.user, "team_id": self.team},
                "trigger_id": f"{next(_NUMBERS)}.trigger",
                "view": {**view, "state": {"values": values}},
            }
        )

    def interacts(self, payload: dict[str, Any]) -> httpx.Response:
        body = urlencode({"payload": json.dumps(payload)})
        return self.post("interactive", body, "application/x-www-form-urlencoded")

    def commands(self, text: str, channel: str = "C1") -> httpx.Response:
        """Writes /assetql."""
        form = {
            "command": "/assetql",
            "text": text,
            "team_id": self.team,
            "user_id": self.user,
            "channel_id": channel,
            "trigger_id": f"{next(_NUMBERS)}.trigger",
            "response_url": f"{self.slack.address}/respond/{self.team}/{self.user}",
        }
        return self.post("commands", urlencode(form), "application/x-www-form-urlencoded")


def button_of(message: Message, action_id: str) -> dict[str, Any]:
    """The element of a message with that id."""
    elements = [each for block in message.blocks for each in block.get("elements", [])]
    return next(each for each in elements if each.get("action_id") == action_id)


def buttons_of(message: Message) -> list[str]:
    """The ids of everything in a message that can be pressed."""
    elements = [each for block in message.blocks for each in block.get("elements", [])]
    return [each["action_id"] for each in elements if "action_id" in each]
