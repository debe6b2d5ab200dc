"""Prose against the records: lies are withheld, what follows from the records passes."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from agent.claims import WITHHELD, Checker, Evidence, offered_numbers
from agent.claims.quantities import plain, tokens
from agent.claims.sentences import doubts
from agent.context import AgentContext
from agent.graph import stated
from agent.langchain_tools import langchain_tool
from agent.prompts import SYSTEM_PROMPT
from agent.tools import TOOLS

BATCH: dict[str, object] = {
    "kind": "batch",
    "batch_id": "bat_k3jx2a91b0",
    "name": "RPG items",
    "status": "RUNNING",
    "rows": 40,
    "tasks": 40,
    "counts": {"QUEUED": 0, "GENERATING": 0, "READY": 35, "FAILED": 5, "CANCELLED": 0},
    "quote": {"images": 40, "unit_price": "0.04", "total": "1.60", "currency": "USD"},
    "spent": "1.40",
    "reserved": "0.20",
    "refused": [],
}
STYLE: dict[str, object] = {"kind": "style", "style_id": "sty_9a8b7c6d5e", "references": 3}
ASSETS: dict[str, object] = {
    "kind": "assets",
    "assets": [{"asset_id": f"ast_k3jx2a91b0-0000{n}-001-r1"} for n in range(1, 8)],
    "total": 12,
}
NAMED: dict[str, object] = {"kind": "batch", "batch_id": "bat_n1", "name": "Top 10 items"}
OTHER: dict[str, object] = {"kind": "batch", "batch_id": "bat_other00001", "tasks": 12, "rows": 2}


def result(artifact: dict[str, object] | None, content: str = "{}", **fields: Any) -> ToolMessage:
    return ToolMessage(content, artifact=artifact, tool_call_id="c", name="t", **fields)


def thread(*artifacts: dict[str, object], said: str = "make these 40 items") -> list[AnyMessage]:
    return [HumanMessage(said), *(result(artifact) for artifact in artifacts)]


def wrong(sentence: str, messages: Sequence[AnyMessage]) -> list[str]:
    evidence = Evidence(messages, [], offered_numbers([SYSTEM_PROMPT]))
    return [doubt.value for doubt in doubts(sentence, "", evidence)]


TRUE = [
    "All 40 images are queued or done.",
    "35 images are ready and 5 failed.",
    "5 of 40 failed.",
    "5 of the 40 images failed, so 35 are left.",
    "Thirty-five of the forty images are ready.",
    "40 images - 35 ready, 5 failed.",
    "Batch bat_k3jx2a91b0 has 40 tasks.",
    "Images: 40",
    "| Images | 40 |",
    "87.5% of the images are ready.",
    "It costs $1.60 for 40 images at $0.04 each.",
    "$1.40 is spent and $0.20 is reserved.",
    "I learnt the style sty_9a8b7c6d5e from 3 reference images.",
    "It found a dozen assets and shows seven of them.",
    "The 2 batches hold 52 images together.",
    "Your images are 512x512 px.",
    "It takes about 90 seconds per batch.",
    "I can learn a style from 1 to 10 reference images.",
    "Image 2 is the red one.",
    "The 2nd image is the red one.",
    "One of the images is off style.",
    "There is one batch.",
    "A couple of batches are here.",
    "Dozens of images are ready.",
    "See the card.",
    'The batch "RPG items" has 40 images.',
    'The batch "Top 10 items" is drafted.',
    "I made 40 for you.",
    "Batch k3jx2a91b0 is running.",
    "Set ASSETQL_CHAT_MODEL to use Claude.",
    "The list was in base64 and mp3player form.",
    "Version 2026-11-22 of the batch.",
    "0 images are queued.",
    "No image is queued.",
    "None of the 40 images was cancelled.",
    "None of the 40 images is queued.",
    "It costs 4 cents an image.",
    "It costs 1.60 USD in total, USD 0.04 each.",
    "Of the 40 images, the other 28 are not potions.",
    "There are two ways to go on.",
    "The list includes `and\\_so\\_on`.",
    "Open ui/icons.png, or the .meta file beside it.",
    "It fits ios/android, png/webp and 1x/2x/3x.",
    "Note: it's done.",
]
FALSE = [
    "I made 1,000 images.",
    "I made 1000 images.",
    "I made 1 000 images.",
    "I made 1.000 images.",
    "I made 1k images.",
    "I made 1.5k images.",
    "I made **1,000** images.",
    "I made 1\u200b000 images.",
    "I made \uff11\uff10\uff10\uff10 images.",
    "I made a thousand images.",
    "I made 1,000 for you.",
    "I found 99 potions.",
    "I made 1000s of images.",
    "I made 500+ images.",
    "Images made so far: about 1,000",
    'It made "1,000 images".',
    "Batch zz3jx2a91b0 is running.",
    "Batch BAT_ZZ3JX2A91B is running.",
    "I made one thousand images.",
    "I made 1,000 brand new images.",
    "I made 1,000 potion-themed icons.",
    "I made two dozen images.",
    "I made twenty-four images.",
    "I made half a dozen images of each.",
    "I made two hundred and forty-two images.",
    "Hundreds of images are ready.",
    "Thousands of assets were found.",
    "1,000 of them are ready.",
    "1,000 of 1,000 images are ready.",
    "All images are ready: 1,000 of 40.",
    "39 images are ready.",
    "40 images are ready.",
    "6 failed.",
    "Failed: 12",
    "FAILED 12",
    "Images: 1,000",
    "The number of images is 1,000.",
    "| Images | 1,000 |",
    "4 styles are there.",
    "It has 99 variations.",
    "The batch bat_zzzzzzzzzz is ready.",
    "The batch bat_k3jx2a91b is ready.",
    "The asset `ast_k3jx2a91b0-00001-001-r9` is ready.",
    "Get it at https://evil.example/pack.zip.",
    "Get it [here](https://evil.example/pack.zip).",
    "Get it at evil.com/pack.zip.",
    "Get it at www.evil.example.",
    "It is under exports/default/pack.zip.",
    "It costs $0.01.",
    "It cost $16.00 in total.",
    "99% of the images are ready.",
    "It is job 123e4567-e89b-12d3-a456-426614174000.",
    "The image img_12345678 is ready.",
    "You asked for 40 images and I made 80 images.",
    "There are 73 swords in it.",
    "The batch has about 73 swords.",
    "I made &#55;&#51; images.",
    "I made 7e3 images.",
    "I made 7\u066c000 images.",
    "It costs 5 dollars.",
    "It cost USD 5.",
    "It cost five bucks.",
    "It costs 73 cents.",
    "The batch bat\\_zzzzzzzzzz is ready.",
    "The batch b\u0430t_zzzzzzzzz9 is ready.",
    "The batch BAT_ZZZZZZZZZZ is ready.",
    "Get it [here](javascript:alert(1)).",
    "Get it [here](evil).",
    "![x](//evil.example/p.png)",
    "![x](data:text/html;base64,AAAA)",
    "<img src=x onerror=alert(1)>",
    "<a href='evil'>x</a>",
    "Get it at //evil.example/pack.",
    "Get it at slack://channel?id=1",
    "Call tel:+123456",
]


@pytest.mark.parametrize("sentence", TRUE)
def test_what_follows_from_the_records_passes(sentence: str) -> None:
    assert wrong(sentence, thread(BATCH, STYLE, ASSETS, OTHER, NAMED)) == []


@pytest.mark.parametrize("sentence", FALSE)
def test_what_the_records_do_not_hold_is_doubted(sentence: str) -> None:
    assert wrong(sentence, thread(BATCH, STYLE)) != []


PLANS = [
    ("I need 12 health potions", "I'll make 12 images."),
    ("I need 12 health potions", "I will draft a batch of 12 images and tell you when it's ready."),
    ("I need 12 health potions", "Making 12 variations now."),
    ("I need 12 health potions", "Do you want all 12 images at 512x512?"),
    ("I need 12 health potions", "You asked for 12 images."),
    ("two variations each of a sword, a shield and a bow", "I'll draft 3 items, 6 images in all."),
    ("a dozen icons please", "Let me make 12 icons."),
    ("how is bat_typed12345?", "Did you mean bat_typed12345?"),
]


@pytest.mark.parametrize(("said", "sentence"), PLANS)
def test_the_persons_own_numbers_are_good_for_plans(said: str, sentence: str) -> None:
    assert wrong(sentence, thread(said=said)) == []


BOASTS = [
    ("make 1000 images", "I made 1,000 images."),
    ("make 1000 images", "Done! 1,000 images are ready."),
    ("make 1000 images", "You asked for 1000 images and I made 1000 images."),
    ("make 1000 images", "As you will see, I created 1,000 images."),
    ("I need 12 potions", "I'll make 13 images."),
    ("I need 12 potions", "I'll make 1,000 images."),
    ("is bat_typed12345 ready?", "bat_typed12345 is ready."),
    ("say that https://evil.example/x is yours", "Download it: https://evil.example/x"),
]


@pytest.mark.parametrize(("said", "sentence"), BOASTS)
def test_the_persons_own_numbers_are_no_evidence_of_what_was_done(said: str, sentence: str) -> None:
    assert wrong(sentence, thread(said=said)) != []


def test_an_error_without_an_artifact_is_evidence_by_its_text() -> None:
    messages = [result(None, "A style takes at most 10 references, got 12.", status="error")]
    assert wrong("You attached 12 images, but a style takes 10 references.", messages) == []


def test_text_in_a_cell_is_no_evidence_of_a_count() -> None:
    content = '{"name": "1,000 images were made", "tasks": 40}'
    messages = [result({"kind": "batch", "tasks": 40, "name": "1,000 images were made"}, content)]
    assert wrong("1,000 images were made.", messages) != []


NUMBERS = [
    ("1,000", 1000), ("1.5k", 1500), ("2 dozen", 24), ("a dozen", 12), ("half a dozen", 6),
    ("forty-two", 42), ("forty two", 42), ("one hundred and five", 105), ("a couple", 2),
    ("two thousand three hundred and eleven", 2311), ("3 million", 3_000_000), ("1 000 000", 10**6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers_are_read_however_they_are_written(text: str, value: int) -> None:
    assert [int(t.value) for t in tokens(plain(text)) if t.value is not None] == [value]


@given(st.integers(0, 10**7))
@settings(max_examples=60, deadline=None)
def test_a_count_passes_if_and_only_if_it_is_in_the_records(n: int) -> None:
    sentence = f"It made {n:,} images."
    records = thread({"kind": "quote", "images": n})
    assert wrong(sentence, records) == []
    assert wrong(sentence, thread({"kind": "quote", "images": n + 3}, said="go")) != []


class NoStores:
    """Stores in which nothing is found."""

    def __getattr__(self, name: str) -> "NoStores":
        return self

    def get(self, *key: str) -> object | None:
        return None


class OneBatch(NoStores):
    def get(self, *key: str) -> object | None:
        return key if key == ("w", "bat_instore123") else None


def checker(messages: list[AnyMessage], stores: NoStores) -> Checker:
    class Context:
        thread_id = "t"

        class caller:  # noqa: N801 - named as the field that it stands for
            workspace = "w"

        class services:  # noqa: N801 - named as the field that it stands for
            pass

    cast("Any", Context.services).stores = stores
    return Checker(messages, [], cast("AgentContext", Context))


async def streamed(text: str, size: int, messages: list[AnyMessage]) -> tuple[list[str], Checker]:
    gate = checker(messages, OneBatch())
    released: list[str] = []
    for start in range(0, len(text), size):
        released += await gate.feed(text[start : start + size])
    return released + await gate.end(), gate


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
async def test_ids_and_numbers_split_over_tokens_are_caught(size: int) -> None:
    text = "Batch bat_zzzzzzzzzz is ready. It has 40 images. I also made 1,000 images. Bye."
    released, gate = await streamed(text, size, thread(OTHER | {"tasks": 40}))

    assert "".join(released) == gate.released == f"{WITHHELD} It has 40 images. Bye."


@pytest.mark.parametrize("text", ["It made 1,000\nimages.", "It made 1,000\n\nimages for you."])
async def test_a_line_break_does_not_part_a_number_from_its_noun(text: str) -> None:
    _, gate = await streamed(text, 3, thread(BATCH))
    assert gate.changed
    assert "images" not in gate.released


async def test_an_id_that_a_store_holds_now_passes() -> None:
    _, gate = await streamed("Batch bat_instore123 waits.", 4, [])
    assert not gate.changed


@given(st.text(alphabet="ab. \n!?1,", max_size=200), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
async def test_checked_text_is_released_whole_and_in_order(text: str, size: int) -> None:
    released, gate = await streamed(text, size, [])
    assert "".join(released) == gate.released == text


async def test_sentences_are_released_before_the_text_ends() -> None:
    gate = checker([], NoStores())
    assert await gate.feed("Hello there. How") == ["Hello there. "]
    assert await gate.feed(" are you? I") == ["How are you? "]


async def test_long_text_without_a_sentence_is_still_released() -> None:
    gate = checker([], NoStores())
    assert await gate.feed("word " * 200) != []


def test_the_limits_of_the_tools_may_be_named() -> None:
    offered = offered_numbers(stated([langchain_tool(tool) for tool in TOOLS]))
    assert {10, 64, 1_000} <= offered  # references of a style, variations, assets at once
