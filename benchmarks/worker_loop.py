"""The worker's loop with an image that costs nothing, beside the bare store calls of each task.

python -m benchmarks.worker_loop [--tasks N] [--rounds N] [--json]

The floor is the listed minimum of store calls for a task: claim (read and conditional write), put
(image and thumbnail), commit, ack; on the same embedded stores, one thread.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from assetql.domain.asset import Asset, Recipe, asset_id_of
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.generate import generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.make_image import MadeImage
from assetql.ports import Delivery
from assetql.services import Services
from assetql.worker import Worker
from tests.support.homes import draft_rows, open_home, rows_named, start

AIM = 1.3
PIXELS = b"\x89PNG" + bytes(20_000)
_RECIPE = Recipe(
    model_id="none",
    model_hash="0",
    scheduler="none",
    num_inference_steps=1,
    guidance_scale=1,
    seed=1,
    prompt_asked="a potion",
    prompt_sent="a potion",
    negative_prompt="",
    style_id=None,
    style_version=0,
    style_strength=0,
)
_MADE = MadeImage(
    png=PIXELS,
    thumbnail=PIXELS,
    sha256="0" * 64,
    width=256,
    height=256,
    recipe=_RECIPE,
    verdict=None,
    embedding=(0.1,) * 128,
    phash=1,
    colors=("#aa0000",),
)


def no_image(task: Task, profile: StyleProfile | None) -> MadeImage:
    """An image that costs nothing."""
    del task, profile
    return _MADE


@contextmanager
def started(tasks: int, **settings: Any) -> Generator[Services]:
    """Services in a folder of their own, with `tasks` tasks on the queue."""
    names = [f"Potion {number}" for number in range(tasks)]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_home(Path(folder), budget=1_000_000, **settings) as services,
    ):
        start(services, draft_rows(services, rows_named(*names)))
        yield services


def deliveries(services: Services) -> Iterator[Delivery]:
    """What is on the queue, one receive each, as the worker receives."""
    while got := services.stores.queue.receive(limit=1, visibility=timedelta(minutes=5)):
        yield got[0]


def loop(services: Services) -> float:
    """Seconds in which the worker's own code works all deliveries off, on any family's stores."""
    heartbeat = LeaseHeartbeat(services.stores, services.clock, services.terms.lease)
    generator = Worker(services, make=no_image).generator("loop", heartbeat)
    begin = time.perf_counter()
    for delivery in deliveries(services):
        generate(delivery, generator)
    return time.perf_counter() - begin


def floor(services: Services) -> float:
    """Seconds in which the bare store calls do the same."""
    stores, clock = services.stores, services.clock
    until = clock.now() + timedelta(minutes=5)
    begin = time.perf_counter()
    for delivery in deliveries(services):
        task = stores.tasks.get(TaskMessage.decode(delivery.body).key)
        assert task is not None
        claimed = task.claim(worker="floor", until=until, at=clock.now())
        stores.tasks.save(claimed)
        stem = f"{task.key.workspace}/{task.key.batch_id}/{task.key.task_id}"
        stores.objects.put(f"raw/{stem}.png", PIXELS, media_type="image/png")
        stores.objects.put(f"thumbnails/{stem}.png", PIXELS, media_type="image/png")
        asset = _asset(claimed, stem, services)
        stores.tasks.commit(claimed.accept(asset_id=asset.asset_id, at=clock.now()), asset)
        stores.queue.ack(delivery)
    return time.perf_counter() - begin


def _asset(task: Task, stem: str, services: Services) -> Asset:
    return Asset(
        workspace=task.key.workspace,
        asset_id=asset_id_of(task.key.task_id, task.run),
        batch_id=task.key.batch_id,
        task_id=task.key.task_id,
        run=task.run,
        name=task.name,
        description=task.description,
        category=task.category,
        width=256,
        height=256,
        object_key=f"raw/{stem}.png",
        thumbnail_key=f"thumbnails/{stem}.png",
        sha256=_MADE.sha256,
        size_bytes=len(PIXELS),
        created_at=services.clock.now(),
        recipe=_RECIPE,
        phash=1,
        colors=_MADE.colors,
        embedding=_MADE.embedding,
    )


def measure(tasks: int, rounds: int) -> dict[str, float]:
    """Milliseconds a task of both, and the median of their ratios, round by round."""
    pairs: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        with started(tasks) as one:
            ours = loop(one)
        with started(tasks) as other:
            bare = floor(other)
        if number:  # the first round warms up
            pairs.append((ours, bare))
    return summary(tasks, pairs)


def summary(tasks: int, pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Of the seconds that the loop and its floor took, round by round."""
    return {
        "tasks": tasks,
        "loop_ms": round(1000 * statistics.median(p[0] for p in pairs) / tasks, 3),
        "floor_ms": round(1000 * statistics.median(p[1] for p in pairs) / tasks, 3),
        "ratio": round(statistics.median(p[0] / p[1] for p in pairs), 3),
        "aim": AIM,
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.tasks, options.rounds)
    if options.json:
        print(json.dumps(found))
    else:
        Console().print(
            f"worker loop {found['loop_ms']} ms a task ÷ bare store calls {found['floor_ms']} ms "
            f"= {found['ratio']} (aim ≤ {AIM})"
        )


if __name__ == "__main__":
    main()
