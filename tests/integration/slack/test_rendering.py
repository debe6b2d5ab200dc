"""Whatever the words are, blocks are within Slack's limits, and mention and link nothing."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.asset import Asset, Recipe
from assetql.domain.batch import Batch
from assetql.domain.money import Account, Quote
from assetql.domain.tags import Tag, TagSet
from integrations.slack.mrkdwn import clipped, escape, mentioned_user, named, pieces, plain
from integrations.slack.rendering.approvals import answered, question
from integrations.slack.rendering.assets import (
    asset_rows,
    export_modal,
    package_buttons,
    tag_modal,
)
from integrations.slack.rendering.home import home
from integrations.slack.rendering.parts import card, feedback
from tests.support.slack.block_kit import view_violations, violations

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<!here>", "<@U2>", "<!channel|x>", "<https://evil.example|a>", "&" * 2_500]),
)
OURS = re.compile(r"<!date\^|<@U1>")


def batch_named(name: str) -> Batch:
    return Batch(
        workspace="studio",
        batch_id="bat_k3jx2a91b0",
        name=name,
        style_id=None,
        rows=1,
        quote=Quote(2, 40_000),
        created_by="ana",
        created_at=NOW,
    )


def approval_by(name: str) -> Approval:
    return Approval(
        workspace="studio",
        approval_id="apr_k3jx2a91b0",
        batch_id="bat_k3jx2a91b0",
        run=1,
        quote=Quote(2, 40_000),
        requested_by=name,
        created_at=NOW,
        expires_at=NOW + timedelta(days=3),
        answered_by=name,
        answered_at=NOW,
    )


def asset_named(name: str, tags: list[str]) -> Asset:
    recipe = Recipe(
        model_id="m",
        model_hash="h",
        scheduler="s",
        num_inference_steps=1,
        guidance_scale=7.0,
        seed=1,
        prompt_asked=name,
        prompt_sent=name,
        negative_prompt="",
        style_id=None,
        style_version=0,
        style_strength=0.8,
    )
    return Asset(
        workspace="studio",
        asset_id=f"ast_{'x' * 40}",
        batch_id="bat_k3jx2a91b0",
        task_id="bat_k3jx2a91b0-00001-001",
        run=1,
        name=name,
        description=name,
        category="potion",
        width=128,
        height=128,
        object_key="raw/a",
        thumbnail_key="thumbnails/a",
        sha256="0" * 64,
        size_bytes=1,
        created_at=NOW,
        recipe=recipe,
        tags=TagSet(model=tuple(Tag(tag, 0.9) for tag in tags)),
    )


def assert_harmless(blocks: list[dict[str, Any]]) -> None:
    """Only what the renderer itself means is markup; the rest of `<` is escaped."""
    for text in re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(blocks, ensure_ascii=False)):
        assert "<" not in OURS.sub("", text), text


@settings(max_examples=25)
@given(name=WORDS, tags=st.lists(WORDS, max_size=25), count=st.integers(1, 6))
def test_cards_are_within_limits_and_harmless(name: str, tags: list[str], count: int) -> None:
    assets = [asset_named(name, tags)] * count
    approval, batch = approval_by("slack:T1:U1"), batch_named(name)
    exports = [{"export_id": f"exp_{n}", "filename": name} for n in range(count)]
    declined = replace(approval, status=ApprovalStatus.DECLINED, answered_by=name)
    rendered = [
        asset_rows(assets),
        question(approval, batch),
        answered(replace(approval, status=ApprovalStatus.APPROVED), batch, team_id="T1", now=NOW),
        answered(declined, batch, team_id="T1", now=NOW),
        [card([name, *tags, "by slack:T1:U1 and slack:T2:U9"], "T1"), feedback()],
        package_buttons("bat_k3jx2a91b0", exports),
    ]
    for blocks in rendered:
        assert violations(blocks) == []
        mrkdwn = [block for block in blocks if block["type"] in {"section", "context"}]
        assert_harmless(mrkdwn)


@settings(max_examples=30)
@given(name=WORDS, count=st.integers(0, 8))
def test_views_are_within_limits(name: str, count: int) -> None:
    account = Account(budget=100_000_000)
    view = home(account, [(approval_by(name), batch_named(name))] * count, [], note=name or None)
    assert view_violations(view) == []
    assert view_violations(tag_modal("{}", name)) == []
    assert view_violations(export_modal("{}", name)) == []


@given(text=st.text(max_size=400), most=st.integers(10, 50))
def test_pieces_and_clips_lose_nothing_that_fits(text: str, most: int) -> None:
    assert all(len(piece) <= most for piece in pieces(text, most))
    assert "".join("".join(pieces(text, most)).split()) == "".join(text.split())
    cut = clipped(escape(text), most)
    assert len(cut) <= most
    assert not re.search(r"&[a-z]{0,3}…$", cut)


def test_what_people_typed_is_read_as_they_meant_it() -> None:
    typed = "<@UBOT1> 2 &lt; 3 &amp; <#C1|art> <@U2|ben> <mailto:a@b.c|a@b.c> <https://x.y|x.y>"
    read = plain(typed, bot_user_id="UBOT1")
    assert read == "2 < 3 & #art @ben mailto:a@b.c https://x.y"
    assert mentioned_user("<@U2|ben>") == mentioned_user("<@U2>") == "U2"
    assert mentioned_user("@ben") is None
    assert (
        named("by slack:T1:U1, slack:T2:U2 <!here>", "T1") == "by <@U1>, slack:T2:U2 &lt;!here&gt;"
    )
