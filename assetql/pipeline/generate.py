"""generate: one delivery of the queue becomes at most one committed image.

claim → make → judge → objects → commit. Every write is conditional on the claim's version, so a
redelivery, a duplicate or a worker that comes late changes nothing. A kill between any two steps
leaves a lease that ends and a message that returns.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Protocol

from assetql.domain.asset import Asset, asset_id_of
from assetql.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from assetql.domain.style import StyleProfile
from assetql.domain.task import Attempt, Task, TaskKey, TaskStatus
from assetql.domain.terms import Terms
from assetql.pipeline.dispatch import TaskMessage, message_of
from assetql.pipeline.image_keys import keys_of
from assetql.pipeline.judge_style import Verdict
from assetql.pipeline.make_image import GUIDANCE_SCALE, STYLE_STRENGTH, MadeImage, MakeImage
from assetql.ports import Clock, Delivery, Stores
from assetql.telemetry.events import EventLog
from assetql.telemetry.failure import causes_of
from assetql.telemetry.ids import Fact, bound
from assetql.telemetry.metrics import count_task
from assetql.telemetry.tracing import span

_EVENTS = EventLog(__name__)
_PNG = "image/png"
_SEED_STEP = 104_729
_BACKOFF = timedelta(seconds=1)
_LONGEST_BACKOFF = timedelta(seconds=30)


class Outcome(StrEnum):
    """What became of a delivery."""

    READY = "ready"
    REJECTED = "rejected"  # by the style gate; queued again
    FAULTED = "faulted"  # by the infrastructure; queued again
    FAILED = "failed"  # for good, in this run
    STALE = "stale"  # somebody else's, or over already


class Heartbeat(Protocol):
    """Prolongs the claim of a task, and its message's visibility, while the block runs."""

    def hold(self, task: Task, delivery: Delivery) -> AbstractContextManager[None]:
        """Holds on to both until the block ends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """What generating needs; `worker` names the process that holds claims."""

    worker: str
    stores: Stores
    clock: Clock
    terms: Terms
    make: MakeImage
    heartbeat: Heartbeat


def generate(delivery: Delivery, generator: Generator) -> tuple[TaskKey, Outcome]:
    """Works on one delivery and acknowledges it once its effect is stored.

    Raises: InvalidInput, NotFound for poison: it stays on the queue until it is a dead letter.
    """
    message = TaskMessage.decode(delivery.body)
    begin = perf_counter()
    with bound(**message.ids), span("generate"):
        outcome, facts = _work(message, delivery, generator)
        _EVENTS.info(f"task.{outcome}", **facts)
    count_task(outcome, perf_counter() - begin)
    return message.key, outcome


def _work(
    message: TaskMessage, delivery: Delivery, generator: Generator
) -> tuple[Outcome, Mapping[str, Fact]]:
    stores = generator.stores
    task = _claim(message, generator)
    if task is None:
        stores.queue.ack(delivery)
        return Outcome.STALE, {}
    try:
        stored, facts = _attempt(task, delivery, generator)
    except Conflict:
        if not _is_queued(message, stores):
            stores.queue.ack(delivery)
        return Outcome.STALE, {}
    if stored.status is TaskStatus.QUEUED:
        # Sent before the old message is acknowledged: a kill in between costs a duplicate, no loss.
        stores.queue.send([message_of(stored)], delay=_backoff(task, stored))
    stores.queue.ack(delivery)
    return _outcome(task, stored), facts | {"attempts": stored.attempts, "faults": stored.faults}


def _attempt(task: Task, delivery: Delivery, generator: Generator) -> tuple[Task, dict[str, Fact]]:
    """The task as it was stored after one attempt, and why, for operators.

    Raises: Conflict where it is another's now.
    """
    try:
        with generator.heartbeat.hold(task, delivery):
            stored, verdict = _make_and_store(task, generator)
            return stored, _scores(verdict)
    except Unavailable as error:
        now, cap = generator.clock.now(), generator.terms.faults
        stored, reason = task.fault(str(error), cap=cap, at=now), causes_of(error)
    except InvalidInput as error:
        stored, reason = task.fail(str(error), at=generator.clock.now()), causes_of(error)
    generator.stores.tasks.save(stored)
    return stored, {"reason": reason}


def _scores(verdict: Verdict | None) -> dict[str, Fact]:
    if verdict is None:
        return {}
    scores: dict[str, Fact] = {
        "score": round(verdict.score, 4),
        "threshold": round(verdict.threshold, 4),
    }
    return scores if verdict.accepted else {"reason": "off_style"} | scores


def _is_queued(message: TaskMessage, stores: Stores) -> bool:
    """Whether the message is still needed: a write whose reply was lost conflicts with itself."""
    task = stores.tasks.get(message.key)
    return task is not None and task.run == message.run and task.status is TaskStatus.QUEUED


def _outcome(before: Task, stored: Task) -> Outcome:
    if stored.status is TaskStatus.QUEUED:
        return Outcome.FAULTED if stored.faults > before.faults else Outcome.REJECTED
    return Outcome.READY if stored.status is TaskStatus.READY else Outcome.FAILED


def _backoff(before: Task, stored: Task) -> timedelta:
    """Faults wait, longer each time; a rejected image is tried again at once."""
    if stored.faults == before.faults:
        return timedelta(0)
    return min(_LONGEST_BACKOFF, _BACKOFF * 2 ** (stored.faults - 1))


def _claim(message: TaskMessage, generator: Generator) -> Task | None:
    now = generator.clock.now()
    task = generator.stores.tasks.get(message.key)
    if task is None:
        raise NotFound("task", message.key.task_id)
    if task.run != message.run or task.status.ended:
        return None
    try:
        if task.status is TaskStatus.GENERATING:
            task = release_expired(task, now, stores=generator.stores, terms=generator.terms)
            if task is None or task.status.ended:
                return None
        claimed = task.claim(worker=generator.worker, until=now + generator.terms.lease, at=now)
        generator.stores.tasks.save(claimed)
    except Conflict:
        return None
    return claimed


def release_expired(task: Task, now: datetime, *, stores: Stores, terms: Terms) -> Task | None:
    """Takes the task from a worker whose lease ended: one fault. None while the lease holds.

    Raises: Conflict where the worker or somebody else was faster.
    """
    if task.lease is None or task.lease.until > now:
        return None
    released = task.fault(f"{task.lease.worker} stopped working on it", cap=terms.faults, at=now)
    stores.tasks.save(released, lease_ended_by=now)
    ids = TaskMessage(task.key, task.run).ids
    _EVENTS.warning("task.lease_ended", status=released.status, faults=released.faults, **ids)
    return released


def _make_and_store(task: Task, generator: Generator) -> tuple[Task, Verdict | None]:
    profile = _profile(task, generator.stores)
    made = generator.make(task, profile)
    if made.verdict and not made.verdict.accepted:
        return _reject(task, made, generator), made.verdict
    return _commit(task, made, profile, generator), made.verdict


def _profile(task: Task, stores: Stores) -> StyleProfile | None:
    return stores.styles.get(task.key.workspace, task.style_id) if task.style_id else None


def _commit(
    task: Task, made: MadeImage, profile: StyleProfile | None, generator: Generator
) -> Task:
    stores = generator.stores
    keys = keys_of(task)
    stores.objects.put(keys.raw, made.png, media_type=_PNG)
    stores.objects.put(keys.thumbnail, made.thumbnail, media_type=_PNG)
    asset = _asset(task, made, profile, generator.clock.now())
    accepted = task.accept(asset_id=asset.asset_id, at=asset.created_at)
    try:
        stores.tasks.commit(accepted, asset)
    except Conflict:
        # A reply that was lost and tried again conflicts with its own first write.
        stored = stores.assets.get(asset.workspace, asset.asset_id)
        if stored is None or stored.object_key != keys.raw:
            stores.objects.delete(keys.raw)
            stores.objects.delete(keys.thumbnail)
            raise
    if task.best:
        stores.objects.delete(task.best.object_key)
    return accepted


def _asset(task: Task, made: MadeImage, profile: StyleProfile | None, at: datetime) -> Asset:
    keys = keys_of(task)
    return Asset(
        workspace=task.key.workspace,
        asset_id=asset_id_of(task.key.task_id, task.run),
        batch_id=task.key.batch_id,
        task_id=task.key.task_id,
        run=task.run,
        name=task.name,
        description=task.description,
        category=task.category,
        width=made.width,
        height=made.height,
        object_key=keys.raw,
        thumbnail_key=keys.thumbnail,
        sha256=made.sha256,
        size_bytes=len(made.png),
        created_at=at,
        recipe=made.recipe,
        style_score=made.verdict.score if made.verdict else None,
        style_id=task.style_id,
        style_name=profile.name if profile else None,
        phash=made.phash,
        colors=made.colors,
        embedding=made.embedding,
        attribution=made.attribution,
    )


def _reject(task: Task, made: MadeImage, generator: Generator) -> Task:
    assert made.verdict is not None
    stores = generator.stores
    raw_key = keys_of(task).raw
    attempt = Attempt(
        object_key=raw_key, score=made.verdict.score, reason=made.verdict.reason, seed=task.seed
    )
    knobs, seed = turn_one_knob(task)
    rejected = task.reject(
        attempt, knobs=knobs, seed=seed, cap=generator.terms.attempts, at=generator.clock.now()
    )
    kept = rejected.best is attempt
    if kept:
        stores.objects.put(raw_key, made.png, media_type=_PNG)
    try:
        stores.tasks.save(rejected)
    except Conflict:
        stored = stores.tasks.get(task.key)
        if kept and (stored is None or stored.best != attempt):
            stores.objects.delete(raw_key)
        raise
    if kept and task.best:
        stores.objects.delete(task.best.object_key)
    return rejected


def turn_one_knob(task: Task) -> tuple[dict[str, float], int]:
    """The next attempt's knobs and seed: another seed, a stronger style, or looser guidance."""
    knobs = dict(task.knobs)
    turn = task.attempts % 3
    if turn == 1:
        strength = knobs.get("style_strength", STYLE_STRENGTH)
        return knobs | {"style_strength": round(min(1.0, strength + 0.1), 2)}, task.seed
    if turn == 2:
        guidance = knobs.get("guidance_scale", GUIDANCE_SCALE)
        return knobs | {"guidance_scale": max(1.0, guidance - 1.0)}, task.seed
    return knobs, (task.seed + _SEED_STEP) % 2**31
