"""make_variations: more images like one that is there, as a batch of their own."""

from assetql.domain.approval import Approval
from assetql.domain.batch import Batch, Row
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal
from assetql.domain.money import PriceList
from assetql.domain.terms import Terms
from assetql.pipeline.create_batch import create_batch
from assetql.pipeline.search import get_asset
from assetql.pipeline.start_batch import request_start
from assetql.ports import Clock, Stores

MOST_VARIATIONS = 64


def make_variations(
    asset_id: str,
    *,
    count: int,
    change: str | None,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    prices: PriceList,
    terms: Terms,
    key: str,
    thread_id: str | None = None,
) -> tuple[Batch, Approval]:
    """Drafts `count` variations, with `change` added to the prompt, and asks for their start."""
    if not 1 <= count <= MOST_VARIATIONS:
        raise InvalidInput(
            f"Can't make {count} variations.", remedy=f"Ask for 1 to {MOST_VARIATIONS}."
        )
    asset = get_asset(asset_id, caller=caller, stores=stores)
    description = ", ".join(part for part in (asset.description, change) if part)
    row = Row(
        name=asset.name,
        description=description,
        category=asset.category,
        width=asset.width,
        height=asset.height,
        variations=count,
    )
    batch = create_batch(
        [row],
        name=f"{asset.name} variations",
        style=asset.style_id,
        caller=caller,
        stores=stores,
        clock=clock,
        prices=prices,
        key=key,
        thread_id=thread_id,
    )
    approval = request_start(
        batch.batch_id,
        caller=caller,
        stores=stores,
        clock=clock,
        terms=terms,
        thread_id=thread_id,
    )
    return batch, approval
