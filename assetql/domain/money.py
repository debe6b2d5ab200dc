"""Money as whole micro-units of one currency, so that sums are exact."""

from dataclasses import dataclass

MICROS = 1_000_000
CURRENCY = "USD"


def amount(micros: int) -> float:
    """Micros as a number of currency units, for JSON and people."""
    return round(micros / MICROS, 6)


def money_text(micros: int) -> str:
    """For people: `$1.60`; fractions of a cent are kept where there are any."""
    cents = f"{abs(micros) / MICROS:,.2f}"
    exact = f"{abs(micros) / MICROS:,.6f}".rstrip("0")
    return f"{'-' * (micros < 0)}${exact if len(exact) > len(cents) else cents}"


@dataclass(frozen=True, slots=True)
class PriceList:
    """Price of one READY image in micros, attempts included, by its larger side in pixels."""

    small: int = 20_000  # up to 256 px
    medium: int = 40_000  # up to 512 px
    large: int = 80_000  # above

    def of(self, width: int, height: int) -> int:
        """Micros for one image of this size."""
        side = max(width, height)
        if side <= 256:
            return self.small
        return self.medium if side <= 512 else self.large


@dataclass(frozen=True, slots=True)
class Quote:
    """What a run would cost: `images` tasks for `total` micros at most."""

    images: int
    total: int
    currency: str = CURRENCY

    @property
    def unit_price(self) -> int:
        """Mean price of one image in micros, rounded up."""
        return -(-self.total // self.images) if self.images else 0

    def as_json(self) -> dict[str, object]:
        """The quote as every door shows it, in currency units."""
        return {
            "images": self.images,
            "unit_price": amount(self.unit_price),
            "total": amount(self.total),
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace's money in micros. Invariant: reserved + spent <= budget when reserving."""

    budget: int
    reserved: int = 0
    spent: int = 0

    @property
    def available(self) -> int:
        """What may still be reserved; 0 where the budget was lowered below what is held."""
        return max(0, self.budget - self.reserved - self.spent)
