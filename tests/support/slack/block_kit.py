"""The limits of Block Kit, as Slack's reference has them; what breaks one is `invalid_blocks`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Block = Mapping[str, Any]
MOST_BLOCKS = {"message": 50, "home": 100, "modal": 100}


def violations(blocks: Sequence[Block], surface: str = "message") -> list[str]:
    """Every limit that these blocks break."""
    found = list(_all(blocks, surface))
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("block ids repeat")
    actions = [each["action_id"] for each in _elements(blocks) if "action_id" in each]
    if len(actions) != len(set(actions)):
        found.append(f"action ids repeat: {actions}")
    return found


def view_violations(view: Block) -> list[str]:
    """The same for a modal or App Home."""
    kind = str(view["type"])
    found = violations(list(view["blocks"]), kind)
    if kind == "modal":
        for part in ("title", "submit", "close"):
            found += _length(view[part]["text"], 24, part)
        found += _length(view["private_metadata"], 3_000, "private_metadata")
        found += _length(view["callback_id"], 255, "callback_id")
    return found


def _all(blocks: Sequence[Block], surface: str) -> Iterator[str]:
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks"
    for block in blocks:
        check = _BLOCKS.get(block["type"])
        if check is None:
            yield f"no block {block['type']!r} in a {surface}"
        else:
            yield from check(block)
        yield from _length(block.get("block_id", "b"), 255, "block_id")


def _elements(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        for element in block.get("elements", []):
            if element.get("type") not in {"mrkdwn", "plain_text"}:
                yield element


def _length(text: str, most: int, what: str, *, least: int = 1) -> Iterator[str]:
    if not least <= len(text) <= most:
        yield f"{what} has {len(text)} characters, not {least} to {most}"


def _text(text: Block, most: int, what: str, kinds: set[str]) -> Iterator[str]:
    if text["type"] not in kinds:
        yield f"{what} is {text['type']}"
    yield from _length(text["text"], most, what)


def _section(block: Block) -> Iterator[str]:
    yield from _text(block["text"], 3_000, "section", {"mrkdwn", "plain_text"})


def _header(block: Block) -> Iterator[str]:
    yield from _text(block["text"], 150, "header", {"plain_text"})


def _context(block: Block) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield f"context with {len(block['elements'])} elements"
    for element in block["elements"]:
        yield from _text(element, 3_000, "context", {"mrkdwn", "plain_text"})


def _actions(block: Block) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield f"actions with {len(block['elements'])} elements"
    for element in block["elements"]:
        yield from _button(element)


def _button(element: Block) -> Iterator[str]:
    if element["type"] != "button":
        yield f"{element['type']} among actions"
    yield from _text(element["text"], 75, "button", {"plain_text"})
    yield from _length(element["action_id"], 255, "action_id")
    yield from _length(element["value"], 2_000, "value")
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"style {element['style']!r}"


def _context_actions(block: Block) -> Iterator[str]:
    for element in block["elements"]:
        if element["type"] not in {"feedback_buttons", "icon_button"}:
            yield f"{element['type']} among context actions"
        yield from _length(element["action_id"], 255, "action_id")
        for part in ("positive_button", "negative_button"):
            yield from _text(element[part]["text"], 75, part, {"plain_text"})
            yield from _length(element[part]["accessibility_label"], 75, "label")
            yield from _length(element[part]["value"], 2_000, "value")


def _input(block: Block) -> Iterator[str]:
    yield from _text(block["label"], 2_000, "label", {"plain_text"})
    element = block["element"]
    if element["type"] == "plain_text_input" and element.get("max_length", 1) > 3_000:
        yield "max_length"
    if not 0 <= len(element.get("options", ["one"])) <= 100:
        yield "options"
    for option in element.get("options", []):
        yield from _text(option["text"], 75, "option", {"plain_text"})
        yield from _length(option["value"], 150, "option value")


def _divider(block: Block) -> Iterator[str]:
    yield from () if set(block) <= {"type", "block_id"} else ["divider with more"]


_BLOCKS: Mapping[str, Callable[[Block], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "divider": _divider,
}
