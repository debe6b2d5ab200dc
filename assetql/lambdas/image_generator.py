"""image_generator: messages of the generation queue become images."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit

from assetql.domain.errors import AssetQLError, Unavailable
from assetql.lambdas.records import each_message
from assetql.lambdas.runtime import Event, measure, observed, services
from assetql.pipeline.generate import Generator, Heartbeat, generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.make_image import make_image
from assetql.ports import Delivery
from assetql.services import Services

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_AT_ONCE = timedelta(0)
_POISON_AGAIN = timedelta(seconds=1)
_BACKOFF = timedelta(seconds=2)
_MARGIN = 1.5  # of the longest image so far: who is cut off in an image wastes it
_LEAST_SECONDS = 3


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Makes the images one after the other, as long as there is time for another."""
    opened = services()
    with LeaseHeartbeat(opened.stores, opened.clock, opened.terms.lease) as heartbeat:
        invocation = _Invocation(opened, heartbeat, context)
        return each_message(event, context, invocation.work_on)


class _Invocation:
    """One event's messages; the longest image so far says how long another takes."""

    def __init__(self, opened: Services, heartbeat: Heartbeat, context: "LambdaContext") -> None:
        self._services = opened
        self._heartbeat = heartbeat
        self._context = context
        self._longest = 0.0

    def work_on(self, delivery: Delivery) -> None:
        """Raises where the message has to come again, having said when."""
        begin = perf_counter()
        self._leave_in_time(delivery)
        # Lambda hid it for as long as the function may run: after a crash that would be too long.
        self._comes_again(delivery, self._services.terms.lease)
        try:
            _, outcome = generate(delivery, self._generator(delivery))
        except AssetQLError as error:
            poison = not isinstance(error, Unavailable)
            self._comes_again(delivery, _POISON_AGAIN if poison else self._backoff(delivery))
            raise
        except Exception:
            self._comes_again(delivery, self._services.terms.lease)
            raise
        took = perf_counter() - begin
        self._longest = max(self._longest, took)
        measure(
            ("Tasks", 1, MetricUnit.Count),
            ("TaskDuration", took, MetricUnit.Seconds),
            outcome=outcome,
        )

    def _leave_in_time(self, delivery: Delivery) -> None:
        left = self._context.get_remaining_time_in_millis() / 1000
        if left < max(_LEAST_SECONDS, _MARGIN * self._longest):
            self._comes_again(delivery, _AT_ONCE)
            raise Unavailable(f"No time for another image: {left:.0f} s are left.")

    def _comes_again(self, delivery: Delivery, after: timedelta) -> None:
        with suppress(Unavailable):  # its visibility ends by itself, later
            self._services.stores.queue.extend(delivery, after)

    def _backoff(self, delivery: Delivery) -> timedelta:
        """Longer with each receipt, up to a lease: what was not reached may be overloaded."""
        return min(self._services.terms.lease, _BACKOFF * 2 ** (delivery.receive_count - 1))

    def _generator(self, delivery: Delivery) -> Generator:
        opened = self._services
        return Generator(
            # Nobody else's: a message that comes twice at once has two claims to fence off.
            worker=f"{self._context.aws_request_id}/{delivery.message_id}",
            stores=opened.stores,
            clock=opened.clock,
            terms=opened.terms,
            make=partial(
                make_image,
                images=opened.images,
                embedder=opened.embedder,
                optimiser=opened.optimiser,
            ),
            heartbeat=self._heartbeat,
        )
