"""The worker: threads that take deliveries from the queue, and one that reconciles."""

import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

from assetql.domain.errors import AssetQLError, InvalidInput, Unavailable
from assetql.domain.task import TaskKey
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.generate import Generator, Heartbeat, Outcome, generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.make_image import MakeImage, make_image
from assetql.pipeline.reconcile import reconcile
from assetql.pipeline.workflow import Workflow
from assetql.ports import Delivery
from assetql.services import Services, workflow_of
from assetql.telemetry.events import EventLog, FirstTimes
from assetql.telemetry.failure import causes_of
from assetql.telemetry.metrics import set_queue_depth

_EVENTS = EventLog(__name__)
_POISON_AGAIN = timedelta(seconds=1)

Watch = Callable[[TaskKey, Outcome], None]


class Worker:
    """`concurrency` threads make images; the calling thread reconciles between polls."""

    def __init__(
        self,
        services: Services,
        *,
        concurrency: int = 2,
        make: MakeImage | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._services = services
        self._concurrency = concurrency
        self._make = make or partial(
            make_image,
            images=services.images,
            embedder=services.embedder,
            optimiser=services.optimiser,
        )
        self._watch = watch
        self._stop = threading.Event()
        self._told = FirstTimes()
        self._name = f"{socket.gethostname()}-{os.getpid()}"

    def stop(self) -> None:
        """Lets running tasks finish and receives no more."""
        self._stop.set()

    def run(self, *, until_idle: bool = False) -> None:
        """Works until stopped, or until nothing is left to do."""
        services = self._services
        workflow = workflow_of(services)
        poll = services.settings.poll_seconds
        heartbeat = LeaseHeartbeat(services.stores, services.clock, services.terms.lease)
        with heartbeat, ThreadPoolExecutor(self._concurrency, "worker") as pool:
            consumers = [
                pool.submit(self._consume, self.generator(f"{self._name}-{number}", heartbeat))
                for number in range(self._concurrency)
            ]
            try:
                while not self._stop.is_set():
                    for consumer in consumers:
                        if consumer.done():
                            consumer.result()  # it ended with an error, which ends the worker too
                    idle = self._tidy(workflow)
                    if until_idle and idle:
                        break
                    self._stop.wait(min(poll, 0.2) if until_idle else poll)
            finally:
                self._stop.set()

    def generator(self, name: str, heartbeat: Heartbeat) -> Generator:
        """What one thread generates with; `name` is who holds its claims."""
        services = self._services
        return Generator(
            worker=name,
            stores=services.stores,
            clock=services.clock,
            terms=services.terms,
            make=self._make,
            heartbeat=heartbeat,
        )

    def _tidy(self, workflow: Workflow) -> bool:
        """Reconciles; True where no batch is open and nothing is on the queue."""
        try:
            repairs = reconcile(workflow)
            depth = workflow.stores.queue.depth()
        except Unavailable as error:
            _EVENTS.warning("reconcile.unavailable", error)
            return False
        set_queue_depth(visible=depth.visible, in_flight=depth.in_flight, dead=depth.dead)
        return not (repairs.open_batches or depth.visible or depth.in_flight)

    def _consume(self, generator: Generator) -> None:
        queue = self._services.stores.queue
        lease = self._services.terms.lease
        wait = timedelta(seconds=self._services.settings.poll_seconds)
        while not self._stop.is_set():
            try:
                deliveries = queue.receive(limit=1, visibility=lease, wait=wait)
            except Unavailable as error:
                _EVENTS.warning("queue.unavailable", error)
                self._stop.wait(wait.total_seconds())
                continue
            for delivery in deliveries:
                self.work_on(delivery, generator)

    def work_on(self, delivery: Delivery, generator: Generator) -> None:
        """What one thread does with one delivery; only a fault of the process ends it."""
        try:
            key, outcome = generate(delivery, generator)
        except Unavailable as error:
            _EVENTS.warning("task.left_for_later", error, **_ids(delivery))
        except AssetQLError as error:
            if self._told.first(delivery.body):
                _EVENTS.warning("message.poison", error, **_ids(delivery))
            with suppress(Unavailable):  # it comes back later then
                self._services.stores.queue.extend(delivery, _POISON_AGAIN)
        except Exception as error:  # noqa: BLE001 — one bad task must not end the worker
            # Its lease ends and it comes back: the same crash is told once.
            if self._told.first((delivery.body, causes_of(error))):
                _EVENTS.crash("task.crashed", error, **_ids(delivery))
        else:
            if self._watch:
                self._watch(key, outcome)


def _ids(delivery: Delivery) -> dict[str, str | int]:
    """What a message is about, as far as it can be read."""
    ids: dict[str, str | int] = {"message": delivery.message_id}
    with suppress(InvalidInput):
        ids |= TaskMessage.decode(delivery.body).ids
    return ids
