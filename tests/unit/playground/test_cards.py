"""Cards: every kind, and no text of theirs becomes markup."""

from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from agent.state import LOST_RESULT
from integrations.gradio.cards import CARDS, approval_card, card, notice_card, package_row
from integrations.gradio.display import Display, Durations
from integrations.gradio.markup import media, swatches
from integrations.gradio.transcript import Used

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
_STYLE = {"name": EVIL, "references": 3, "palette": ["#aabbcc", EVIL]}
_PACKAGE = {"export_id": EVIL, "filename": EVIL, "presets": [EVIL], "assets": 2, "files": 3}
_REFUSED = {"line": 2, "column": EVIL, "value": EVIL, "reason": EVIL, "remedy": EVIL}
_FOLLOW_UPS = [{"kind": "tag", "status": "DONE"}]
ARTIFACTS: tuple[Mapping[str, object], ...] = (
    {"kind": "style", **_STYLE, "gate": {"threshold": 0.5, "warnings": [EVIL]}},
    {"kind": "styles", "styles": [_STYLE]},
    {
        "kind": "batch",
        "batch_id": EVIL,
        "name": EVIL,
        "status": "RUNNING",
        "rows": 2,
        "tasks": 2,
        "counts": {"READY": 1, "FAILED": 1},
        "quote": {"total": 0.08, "images": 2},
        "style": EVIL,
        "refused": [_REFUSED] * 9,
        "follow_ups": _FOLLOW_UPS,
    },
    {"kind": "batch", "batch_id": None, "refused": [_REFUSED]},
    {"kind": "quote", "images": 2, "unit_price": 0.04, "total": 0.08, "available": 1},
    {
        "kind": "assets",
        "assets": [{"asset_id": EVIL, "name": EVIL}],
        "total": 7,
        "alternatives": [EVIL],
    },
    {"kind": "tags", "assets": 1, "add": [EVIL], "remove": [EVIL]},
    {"kind": "follow_up", "what": EVIL, "presets": [EVIL], "status": "PENDING"},
    {"kind": "follow_up", "what": "tag", "status": "DONE", "tagged": 3},
    {"kind": "package", **_PACKAGE, "bytes": 200_000},
    {"kind": EVIL, "field": EVIL},
)


class Tags(HTMLParser):
    """What a browser would make of it: tags, and attributes by name."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def inert(markup: str) -> None:
    found = Tags(markup)
    assert "script" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert {value for name, value in found.attributes if name == "src"} <= {
        media("thumbnails", EVIL)
    }


@pytest.mark.parametrize("artifact", ARTIFACTS, ids=lambda a: str(a["kind"])[:10])
def test_a_card_shows_text_and_runs_none_of_it(artifact: Mapping[str, object]) -> None:
    inert(card(artifact))


def test_every_kind_with_a_card_of_its_own_is_shown_here() -> None:
    assert set(CARDS) <= {artifact["kind"] for artifact in ARTIFACTS}


def test_notices_and_answers_are_inert_too() -> None:
    inert(notice_card(EVIL, {}))
    inert(notice_card(EVIL, {"approval_id": EVIL}))
    counts = {"READY": 1}
    ended = {"counts": counts, "name": EVIL, "status": EVIL, "spent": 0.1, "exports": [_PACKAGE]}
    inert(notice_card(EVIL, ended))
    inert(notice_card(EVIL, ended | {"exports": [{"error": EVIL}]}))
    inert(approval_card({"quote": {"images": 1, "total": 1}}, "APPROVED", EVIL))


def test_an_address_keeps_within_its_folder() -> None:
    assert media("packages", "../../login?x#y") == "media/packages/..%2F..%2Flogin%3Fx%23y"
    assert 'href="media/packages/exp_a"' in package_row({"export_id": "exp_a"})


def test_a_swatch_is_a_colour_or_nothing() -> None:
    assert swatches(["red;} body{display:none", "#12345", "#123456"]).count("aq-swatch") == 2


def test_one_thing_is_one_and_a_batch_has_images_from_rows() -> None:
    batch = {"kind": "batch", "batch_id": "b", "rows": 1, "tasks": 12, "status": "DRAFT"}
    assert "12 from 1 row<" in card(batch)
    one = approval_card({"quote": {"images": 1, "total": 0.02}}, "PENDING", None)
    assert "1 image for $0.02" in one


def test_a_refused_row_says_why_and_then_the_remedy() -> None:
    row = {
        "line": 4,
        "column": "width",
        "value": "wide",
        "reason": "not a number",
        "remedy": "Mend",
    }
    assert "not a number. Mend" in card({"kind": "batch", "batch_id": None, "refused": [row]})


def test_a_call_that_was_cut_off_is_not_said_to_have_failed() -> None:
    shown = Display(Durations())
    shown.entry(Used("call_1", "set_style", None, failed=True, text=LOST_RESULT))
    shown.entry(Used("call_2", "set_style", None, failed=True, text="No such file."))
    logs = [message.metadata.get("log") for message in shown.messages]
    assert logs == ["cut off; it may have worked", "did not work"]
