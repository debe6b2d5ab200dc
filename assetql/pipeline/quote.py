"""quote: what a run would cost, before anything is spent."""

from assetql.domain.errors import InvalidInput
from assetql.domain.imaging import MAX_SIDE, MIN_SIDE
from assetql.domain.money import PriceList, Quote

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
