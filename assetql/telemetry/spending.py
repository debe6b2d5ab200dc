"""What the calls of language models use up, for whoever pays for them."""

from assetql.domain.token_prices import PriceTable, TokenUsage, price_of
from assetql.telemetry.events import EventLog
from assetql.telemetry.metrics import count_tokens

_EVENTS = EventLog(__name__)


def note_usage(purpose: str, model: str, usage: TokenUsage, prices: PriceTable) -> None:
    """An event with the ids that are bound here, such as the batch's, and metrics.

    The cost, in micros, is left out where neither `prices` nor the dated table has the model.
    """
    price = price_of(model, prices)
    cost = price.of(usage) if price else None
    tokens = {
        "input": usage.input,
        "output": usage.output,
        "cache_written": usage.cache_written,
        "cache_read": usage.cache_read,
    }
    _EVENTS.info("model.called", purpose=purpose, model=model, cost_micros=cost, **tokens)
    count_tokens(purpose, model, tokens, cost)
