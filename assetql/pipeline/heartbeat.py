"""The heartbeat: what a process holds is prolonged while it works on it."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from assetql.domain.errors import Conflict, Unavailable
from assetql.domain.task import Task
from assetql.pipeline.dispatch import TaskMessage
from assetql.ports import Clock, Delivery, Stores
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)


class LeaseHeartbeat:
    """Prolongs every claim that this process holds, from one thread, each third of a lease."""

    def __init__(self, stores: Stores, clock: Clock, lease: timedelta) -> None:
        self._stores = stores
        self._clock = clock
        self._lease = lease
        self._held: dict[str, tuple[Task, Delivery]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> "LeaseHeartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @contextmanager
    def hold(self, task: Task, delivery: Delivery) -> Generator[None]:
        """Keeps the claim and the message while the block runs."""
        with self._lock:
            self._held[delivery.receipt] = (task, delivery)
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(delivery.receipt, None)

    def beat(self) -> None:
        """One round of prolonging."""
        with self._lock:
            held = list(self._held.values())
        until = self._clock.now() + self._lease
        for task, delivery in held:
            try:
                self._stores.tasks.extend(task.key, token=task.token, until=until)
                self._stores.queue.extend(delivery, self._lease)
            except Conflict:
                _EVENTS.warning("claim.lost", **TaskMessage(task.key, task.run).ids)
            except Unavailable as error:
                _EVENTS.warning("claim.not_prolonged", error, **TaskMessage(task.key, task.run).ids)

    def _run(self) -> None:
        while not self._stop.wait(self._lease.total_seconds() / 3):
            self.beat()
