"""Batch tools: draft one, price it, see how it stands, cancel it."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Annotated

from pydantic import BaseModel, Field

from agent.tools.artifacts import (
    Answer,
    Facts,
    answer,
    batch_card,
    batch_facts,
    quote_card,
    refused_card,
)
from agent.tools.facts import BatchFacts, QuoteFacts
from agent.tools.operation import Call, Effect, operation
from assetql.domain.asset_list.limits import RowDefaults
from assetql.domain.batch import Batch, Row
from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import MAX_SIDE
from assetql.pipeline import batch_status as statuses
from assetql.pipeline import cancel_batch as cancelling
from assetql.pipeline import create_batch as drafting
from assetql.pipeline.learn_style import find_style
from assetql.pipeline.quote import quote_images
from assetql.pipeline.uploads import get_upload

_SIDE = 512

BatchId = Annotated[
    str, Field(description="Batch id (bat_…). Empty: the newest of this conversation")
]
Side = Annotated[int, Field(ge=16, le=MAX_SIDE)]
SideOrDefault = Annotated[int, Field(ge=0, le=MAX_SIDE, description="Pixels; 0: as for the batch")]


class Item(BaseModel):
    """One thing to make."""

    name: str = Field(min_length=1, max_length=200, description="Singular, such as 'health potion'")
    description: str = Field(default="", max_length=2_000, description="How it should look")
    category: str = Field(default="", max_length=200, description="Such as potion or weapon")
    width: SideOrDefault = 0
    height: SideOrDefault = 0
    variations: Annotated[int, Field(ge=0, le=64, description="0: as for the batch")] = 0


@operation(Effect.ADDS, tells=BatchFacts)
def create_batch(
    call: Call,
    name: Annotated[
        str, Field(max_length=200, description="Empty: after the CSV or its rows")
    ] = "",
    upload: Annotated[
        str, Field(description="Upload id (upl_…) of an attached CSV; then leave items empty")
    ] = "",
    items: Annotated[
        tuple[Item, ...], Field(max_length=500, description="What to make, one entry per subject")
    ] = (),
    style: Annotated[str, Field(description="Name or id of a style profile; empty: none")] = "",
    width: Annotated[Side, Field(description="Pixels, where item or CSV say nothing")] = _SIDE,
    height: Annotated[Side, Field(description="Pixels, where item or CSV say nothing")] = _SIDE,
    variations: Annotated[int, Field(ge=1, le=64, description="Images per item or row")] = 1,
    valid_rows_only: Annotated[
        bool, Field(description="Take the valid rows of a CSV that has bad ones")
    ] = False,
) -> Answer:
    """Draft a batch from an attached CSV or from items. A draft spends nothing; generate starts it.

    "12 health potions" is one item with 12 variations. What a CSV says of size and variations
    goes before the arguments.
    A CSV with bad rows answers with them and no batch: show them and ask whether to take the rest.
    """
    services = call.services
    defaults = RowDefaults(width=width, height=height, variations=variations)
    found = (
        _rows_of_csv(upload, defaults, call, valid_rows_only=valid_rows_only)
        if upload
        else drafting.rows_of_items(
            [_row(item, defaults) for item in items], limits=services.list_limits
        )
    )
    if not found.usable and found.refused:
        card = refused_card(found.refused, found.mapping)
        return answer(batch_facts(card), card)
    batch = drafting.create_batch(
        found.rows,
        name=name or _name_of(upload, call),
        style=style or None,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=call.key,
        thread_id=call.thread_id,
    )
    card = batch_card(
        statuses.report_batch(batch, stores=services.stores),
        style=style_name(batch, call),
        refused=found.refused,
        mapping=found.mapping,
    )
    card["resolved"] = _resolved(batch, found.rows, card["style"])
    return answer(batch_facts(card), card)


@operation(Effect.READS, tells=QuoteFacts)
def quote(
    call: Call,
    batch: BatchId = "",
    images: Annotated[
        int, Field(ge=0, le=1_000_000, description="How many images; 0: those of the batch")
    ] = 0,
    width: Annotated[Side, Field(description="Pixels; with images only")] = _SIDE,
    height: Annotated[Side, Field(description="Pixels; with images only")] = _SIDE,
) -> Answer:
    """Price a batch, or any number of images of one size. Spends nothing, starts nothing."""
    services = call.services
    priced = (
        quote_images(images, width=width, height=height, prices=services.prices)
        if images
        else find_batch(batch, call).quote
    )
    account = services.stores.ledger.account(call.caller.workspace)
    card = quote_card(priced, available=account.available)
    return answer({k: v for k, v in card.items() if k not in {"kind", "resolved"}}, card)


@operation(Effect.READS, tells=BatchFacts)
def batch_status(call: Call, batch: BatchId = "") -> Answer:
    """How a batch stands: images by state, why some failed, money, follow-ups."""
    report = statuses.report_batch(find_batch(batch, call), stores=call.services.stores)
    card = batch_card(report, style=style_name(report.batch, call))
    return answer(batch_facts(card), card)


@operation(Effect.CHANGES, tells=BatchFacts)
def cancel_batch(call: Call, batch: BatchId = "") -> Answer:
    """Cancel a draft or stop a running batch. Images that are READY stay; the rest is refunded."""
    report = cancelling.cancel_batch(
        find_batch(batch, call, elsewhere=False).batch_id,
        caller=call.caller,
        stores=call.services.stores,
        clock=call.services.clock,
    )
    card = batch_card(report, style=style_name(report.batch, call))
    return answer(batch_facts(card), card)


def find_batch(batch_id: str, call: Call, *, elsewhere: bool = True) -> Batch:
    """The batch that a call means; without a conversation it has to name it.

    What spends money or ends work takes none from `elsewhere` unless it is named.
    Raises: NotFound; InvalidInput.
    """
    if not batch_id and call.thread_id is None:
        raise InvalidInput(
            "Which batch?", remedy="Name its id (bat_…): there is no conversation to look in."
        )
    return statuses.find_batch(
        batch_id or None,
        caller=call.caller,
        stores=call.services.stores,
        thread_id=call.thread_id,
        elsewhere=elsewhere,
    )


def style_name(batch: Batch, call: Call) -> str | None:
    """The name of the batch's style, if it has one."""
    if batch.style_id is None:
        return None
    return find_style(batch.style_id, caller=call.caller, stores=call.services.stores).name


def _rows_of_csv(
    upload: str, defaults: RowDefaults, call: Call, *, valid_rows_only: bool
) -> drafting.ListImport:
    return drafting.rows_of_upload(
        upload,
        caller=call.caller,
        stores=call.services.stores,
        limits=call.services.list_limits,
        valid_rows_only=valid_rows_only,
        defaults=defaults,
    )


def _row(item: Item, defaults: RowDefaults) -> Row:
    return Row(
        name=item.name,
        description=item.description,
        category=item.category,
        width=item.width or defaults.width,
        height=item.height or defaults.height,
        variations=item.variations or defaults.variations,
    )


def _name_of(upload_id: str, call: Call) -> str | None:
    """A list's batch is called as its file is."""
    if not upload_id:
        return None
    upload = get_upload(upload_id, caller=call.caller, stores=call.services.stores)
    return PurePath(upload.filename).stem


def _resolved(batch: Batch, rows: Iterable[Row], style: object) -> Facts:
    rows = tuple(rows)
    return {
        "rows": batch.rows,
        "variations": _common(row.variations for row in rows),
        "width": _common(row.width for row in rows),
        "height": _common(row.height for row in rows),
        "style": style,
        "name": batch.name,
    }


def _common(values: Iterable[int]) -> int | None:
    """The value that all rows share, if they do."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
