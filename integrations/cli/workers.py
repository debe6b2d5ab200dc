"""Who makes images while a command runs: worker processes of its own, or the handlers of AWS."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from assetql.settings import Settings
from integrations.cli.children import child_processes

Working = Callable[[], bool]


def handlers_work(settings: Settings) -> bool:
    """On AWS functions are fed by the queue; a worker may help them, but needn't."""
    return settings.adapters == "assetql.adapters.aws"


@contextmanager
def image_makers(settings: Settings, *, workers: int) -> Generator[Working]:
    """Starts `workers` where no handlers work; yields whether anybody makes images."""
    if handlers_work(settings):
        yield lambda: True
    else:
        with worker_processes(workers, logs=settings.home / "logs") as working:
            yield working


@contextmanager
def worker_processes(count: int, *, logs: Path) -> Generator[Working]:
    """`count` workers while the block runs; yields whether any of them still does."""
    with child_processes(worker_commands(count), logs=logs) as workers:
        yield lambda: len(workers.ended()) < count


def worker_commands(count: int) -> dict[str, list[str]]:
    """What starts `count` workers, by name; they end with whoever started them."""
    command = ["integrations.cli", "worker", "--concurrency", "1", "--with-input"]
    return {f"worker-{number}": command for number in range(1, count + 1)}
