"""One thread that does what workers do, step by step, under a clock that it moves."""

from datetime import timedelta

from assetql.pipeline.generate import Generator
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.make_image import MakeImage
from assetql.pipeline.reconcile import Repairs, reconcile
from assetql.services import Services, workflow_of
from assetql.worker import Worker
from tests.contract.values import ManualClock

_PATIENCE = 400


def generator_of(services: Services, make: MakeImage, worker: str = "w1") -> Generator:
    """What one thread generates with; its heartbeat does not beat by itself."""
    heartbeat = LeaseHeartbeat(services.stores, services.clock, services.terms.lease)
    return Worker(services, make=make).generator(worker, heartbeat)


def step(services: Services, make: MakeImage, worker: str = "w1") -> bool:
    """Works on one delivery; False where none is there."""
    deliveries = services.stores.queue.receive(limit=1, visibility=services.terms.lease)
    for delivery in deliveries:
        Worker(services, make=make).work_on(delivery, generator_of(services, make, worker))
    return bool(deliveries)


def tidy(services: Services) -> Repairs:
    """One pass of the reconciler."""
    return reconcile(workflow_of(services))


def work_off(services: Services, make: MakeImage) -> None:
    """What workers do with all that waits now, and the reconciler after them."""
    while step(services, make):
        pass
    tidy(services)


def drain(services: Services, make: MakeImage, clock: ManualClock) -> None:
    """Works until nothing is left to do; fails where that never comes."""
    repairs = depth = None
    for _ in range(_PATIENCE):
        while step(services, make):
            pass
        repairs, depth = tidy(services), services.stores.queue.depth()
        if not (repairs.open_batches or depth.visible or depth.in_flight or depth.dead):
            return
        if not depth.visible:
            clock.advance(services.terms.lease / 4 + timedelta(microseconds=1))
    raise AssertionError(f"never idle: {repairs}, {depth}")
