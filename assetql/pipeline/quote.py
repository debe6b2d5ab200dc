"""quote: what a run would cost, before anything is spent."""

from collections.abc import Sequence

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.batch import Row, quote_rows
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.imaging import MAX_SIDE, MIN_SIDE
from assetql.domain.money import PriceList, Quote
from assetql.pipeline.create_batch import rows_of_items

_MOST = 1_000_000


def quote_images(images: int, *, width: int, height: int, prices: PriceList) -> Quote:
    """The price of `images` images of one size. Raises: InvalidInput."""
    if not 1 <= images <= _MOST:
        raise InvalidInput(f"Can't quote {images} images.", remedy=f"Ask for 1 to {_MOST:,}.")
    if not (min(width, height) >= MIN_SIDE and max(width, height) <= MAX_SIDE):
        raise InvalidInput(
            f"Can't make images of {width}x{height}.",
            remedy=f"Each side is {MIN_SIDE} to {MAX_SIDE} pixels.",
        )
    return Quote(images=images, total=images * prices.of(width, height))


def quote_items(
    rows: Sequence[Row], *, caller: Principal, limits: ListLimits, prices: PriceList
) -> Quote:
    """The price of rows before there is a batch of them. Raises: InvalidInput."""
    caller.require(Action.READ)
    return quote_rows(rows_of_items(rows, limits=limits).rows, prices)
