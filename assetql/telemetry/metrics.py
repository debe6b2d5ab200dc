"""The metrics, by OpenTelemetry's API: they go nowhere until a process has set a provider."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, Histogram, Meter
    from opentelemetry.metrics import _Gauge as Gauge

_SCOPE = "assetql"


def count_task(outcome: str, seconds: float) -> None:
    """One delivery was worked on for `seconds`."""
    _counter("assetql.tasks", "{delivery}", "Deliveries worked on").add(1, {"outcome": outcome})
    _histogram("assetql.generate.duration", "s", "From the claim to the commit").record(
        seconds, {"outcome": outcome}
    )


def count_turn(outcome: str, seconds: float) -> None:
    """One turn ended after `seconds`."""
    _counter("assetql.turns", "{turn}", "Turns ended").add(1, {"outcome": outcome})
    _histogram("assetql.turn.duration", "s", "From the lease to the end").record(
        seconds, {"outcome": outcome}
    )


def count_tool_call(tool: str, status: str) -> None:
    """The assistant called a tool; `status` is success or error."""
    _counter("assetql.tool.calls", "{call}", "Calls of tools").add(
        1, {"tool": tool, "status": status}
    )


def count_approval(answer: str) -> None:
    """A person answered; `answer` is approved or declined."""
    _counter("assetql.approvals", "{answer}", "Approvals answered").add(1, {"answer": answer})


def count_batch_closed() -> None:
    """A batch ended, was followed up and closed."""
    _counter("assetql.batches.closed", "{batch}", "Batches closed").add(1)


def count_tokens(purpose: str, model: str, tokens: Mapping[str, int], cost: int | None) -> None:
    """A model was called for `purpose`; `tokens` by their kind, `cost` in micros where known."""
    ids = {"purpose": purpose, "model": model}
    for kind, count in tokens.items():
        _counter("assetql.model.tokens", "{token}", "Tokens of model calls").add(
            count, {**ids, "kind": kind}
        )
    if cost is not None:
        _counter("assetql.model.cost", "uUSD", "Cost of model calls, millionths of a USD").add(
            cost, ids
        )


def set_queue_depth(*, visible: int, in_flight: int, dead: int) -> None:
    """How many messages wait, are being worked on, and were given up."""
    for state, depth in (("visible", visible), ("in_flight", in_flight), ("dead", dead)):
        _queue_depth().set(depth, {"state": state})


@cache
def _meter() -> "Meter":
    # Late: it takes longer than most of a worker's own modules.
    from opentelemetry.metrics import get_meter

    return get_meter(_SCOPE)


@cache
def _queue_depth() -> "Gauge":
    return _meter().create_gauge("assetql.queue.depth", "{message}", "Messages on the queue")


@cache
def _counter(name: str, unit: str, description: str) -> "Counter":
    return _meter().create_counter(name, unit, description)


@cache
def _histogram(name: str, unit: str, description: str) -> "Histogram":
    return _meter().create_histogram(name, unit, description)
