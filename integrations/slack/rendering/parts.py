"""The blocks that everything is made of; each is within Slack's limits, whatever the text."""

from collections.abc import Sequence
from typing import Any

from integrations.slack.mrkdwn import clipped, escape, named

Block = dict[str, Any]
MOST_BLOCKS = 50
_SECTION, _HEADER, _BUTTON, _CONTEXT = 3_000, 150, 75, 2_000


def section(mrkdwn: str) -> Block:
    """`mrkdwn` is escaped already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clipped(mrkdwn, _SECTION)}}


def header(text: str) -> Block:
    """A title; plain text."""
    return {"type": "header", "text": _plain(text, _HEADER)}


def context(mrkdwn: str) -> Block:
    """Small print; escaped already."""
    text = {"type": "mrkdwn", "text": clipped(mrkdwn, _CONTEXT)}
    return {"type": "context", "elements": [text]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def card(lines: Sequence[str], team_id: str) -> Block:
    """Lines as terminals have them: the first is the title."""
    first, *rest = (named(line, team_id) for line in lines)
    body = "\n".join(line.strip() for line in rest)
    return section(f"*{clipped(first, 500)}*\n{body}" if body else f"*{clipped(first, 500)}*")


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    """`action_id` is unique in the message; `value` says what it is about."""
    made: Block = {
        "type": "button",
        "text": _plain(text, _BUTTON),
        "action_id": action_id,
        "value": value,
    }
    return {**made, "style": style} if style else made


def actions(*buttons: Block) -> Block:
    """Buttons side by side."""
    return {"type": "actions", "elements": list(buttons)}


def feedback() -> Block:
    """Thumbs up, thumbs down."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": _rating("Good answer", "good"),
                "negative_button": _rating("Bad answer", "bad"),
            }
        ],
    }


def option(text: str, value: str) -> Block:
    """A choice of a select menu."""
    return {"text": _plain(text, _BUTTON), "value": value}


def fallback(text: str) -> str:
    """What notifications and screen readers say instead of blocks."""
    return clipped(escape(text), _SECTION)


def _rating(text: str, value: str) -> Block:
    return {
        "text": _plain(text, _BUTTON),
        "accessibility_label": f"Submit feedback: {text.casefold()}",
        "value": value,
    }


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": clipped(text, most) or "-", "emoji": False}
