"""Which handler is fed by what: the one table that the emulator's event loop and the stacks share.

CALLED are those that doors and people invoke directly.
"""

from dataclasses import dataclass

from assetql.adapters.aws.resources import (
    ASSETS,
    DEAD_QUEUE,
    QUEUE,
    RAW_PREFIX,
    TASKS,
    TableShape,
)


@dataclass(frozen=True, slots=True)
class FromQueue:
    """Messages of a queue, which are deleted as the handler reports them done."""

    queue: str
    batch: int


@dataclass(frozen=True, slots=True)
class FromStream:
    """Changes of a table, in order; `window`: seconds that a batch waits to fill up."""

    table: TableShape
    batch: int
    window: int


@dataclass(frozen=True, slots=True)
class FromBucket:
    """Objects that were created under a prefix, one event each."""

    prefix: str


@dataclass(frozen=True, slots=True)
class EverySeconds:
    """A schedule."""

    seconds: int


Source = FromQueue | FromStream | FromBucket | EverySeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`handler` is the module that has a `handler`; `timeout` is what one event may take."""

    handler: str
    source: Source
    timeout: int

    @property
    def name(self) -> str:
        """`image_generator`."""
        return self.handler.rpartition(".")[2]


TRIGGERS = (
    # One image takes seconds: a message that waited behind others would only lose its visibility.
    Trigger(
        handler="assetql.lambdas.image_generator", source=FromQueue(QUEUE, batch=1), timeout=900
    ),
    Trigger(
        handler="assetql.lambdas.dead_letters", source=FromQueue(DEAD_QUEUE, batch=10), timeout=60
    ),
    Trigger(handler="assetql.lambdas.asset_tagger", source=FromBucket(RAW_PREFIX), timeout=60),
    Trigger(
        handler="assetql.lambdas.indexer",
        source=FromStream(ASSETS, batch=1_000, window=1),
        timeout=300,
    ),
    Trigger(
        handler="assetql.lambdas.workflow",
        source=FromStream(TASKS, batch=1_000, window=1),
        timeout=900,
    ),
    Trigger(handler="assetql.lambdas.reconciler", source=EverySeconds(60), timeout=300),
)
CALLED = ("batch_creator", "exporter", "notifier", "style_embedding")
HANDLERS = tuple(sorted([*CALLED, *(trigger.name for trigger in TRIGGERS)]))


def hidden_for(queue: str) -> int:
    """Seconds: Lambda refuses to poll a queue that shows a message again before its time is up."""
    feeds = (t for t in TRIGGERS if isinstance(t.source, FromQueue) and t.source.queue == queue)
    return max(trigger.timeout for trigger in feeds)
