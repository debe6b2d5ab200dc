"""What a call of a language model costs, by the table and by one's own prices."""

import pytest
from pydantic import ValidationError

from assetql.domain.token_prices import PRICES, TokenPrice, TokenUsage, price_of
from assetql.settings import Settings

OWN = TokenPrice(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("model", "part"),
    [
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4"),
        ("anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4"),
        ("global.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"),
        ("amazon.nova-lite-v1:0", "nova-lite"),
    ],
)
def test_the_longest_part_that_fits_names_the_price(model: str, part: str) -> None:
    assert price_of(model, {}) == PRICES[part]


def test_own_prices_go_before_the_table() -> None:
    assert price_of("amazon.nova-lite-v1:0", {"nova": OWN}) == OWN
    assert price_of("amazon.nova-lite-v1:0", {"claude": OWN}) == PRICES["nova-lite"]


def test_nobody_knows_the_price_of_a_model_that_is_in_no_table() -> None:
    assert price_of("somebody.new", {}) is None


def test_each_kind_of_token_has_its_price() -> None:
    usage = TokenUsage(input=1_000_000, output=100_000, cache_written=10_000, cache_read=1_000)
    assert OWN.of(usage) == 1_000_000 + 200_000 + 30_000 + 4_000


def test_cached_tokens_of_claude_cost_less_to_read_and_more_to_write() -> None:
    claude = [price for part, price in PRICES.items() if part.startswith("claude")]
    assert all(price.cache_read < price.input < price.cache_written for price in claude)


def test_prices_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"new": {"input": 1, "output": 2, "cache_written": 3, "cache_read": 4}}'
    monkeypatch.setenv("ASSETQL_TOKEN_PRICES", text)
    assert Settings().token_prices == {"new": OWN}


@pytest.mark.parametrize("bad", ["-1", "NaN", '"much"'])
def test_a_price_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    text = f'{{"new": {{"input": {bad}, "output": 2, "cache_written": 3, "cache_read": 4}}}}'
    monkeypatch.setenv("ASSETQL_TOKEN_PRICES", text)
    with pytest.raises(ValidationError, match="token_prices"):
        Settings()
