"""What calls of language models cost, by a dated table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

# On-demand prices of Bedrock's global endpoints; regional ones of newer models are a tenth higher.
READ_ON = date(2026, 11, 23)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """The tokens of one call; `input` is what was neither read from a cache nor written to one."""

    input: int
    output: int
    cache_written: int = 0
    cache_read: int = 0


Rate = Annotated[float, Field(ge=0, le=1e6)]


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """USD per million tokens, which is micros per token."""

    input: Rate
    output: Rate
    cache_written: Rate
    cache_read: Rate

    def of(self, usage: TokenUsage) -> int:
        """Micros for one call."""
        return round(
            self.input * usage.input
            + self.output * usage.output
            + self.cache_written * usage.cache_written
            + self.cache_read * usage.cache_read
        )


PriceTable = Mapping[str, TokenPrice]

# By a part of the model's id; where several fit, the longest counts.
PRICES: PriceTable = {
    "claude-3-haiku": TokenPrice(0.25, 1.25, 0.30, 0.03),
    "claude-3-5-haiku": TokenPrice(0.80, 4.0, 1.0, 0.08),
    "claude-haiku-4-5": TokenPrice(1.0, 5.0, 1.25, 0.10),
    "claude-3-7-sonnet": TokenPrice(3.0, 15.0, 3.75, 0.30),
    "claude-sonnet-4": TokenPrice(3.0, 15.0, 3.75, 0.30),
    "claude-opus-4": TokenPrice(15.0, 75.0, 18.75, 1.50),
    "claude-opus-4-5": TokenPrice(5.0, 25.0, 6.25, 0.50),
    "claude-opus-4-6": TokenPrice(5.0, 25.0, 6.25, 0.50),
    "claude-opus-4-7": TokenPrice(5.0, 25.0, 6.25, 0.50),
    "nova-micro": TokenPrice(0.035, 0.14, 0.035, 0.00875),
    "nova-lite": TokenPrice(0.06, 0.24, 0.06, 0.015),
    "nova-pro": TokenPrice(0.80, 3.20, 0.80, 0.20),
}


def price_of(model: str, own: PriceTable) -> TokenPrice | None:
    """The price of a model; `own` prices go before the table's. None: nobody knows it."""
    for table in (own, PRICES):
        fitting = [part for part in table if part in model]
        if fitting:
            return table[max(fitting, key=len)]
    return None
