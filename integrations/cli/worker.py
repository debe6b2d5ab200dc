"""assetql worker: makes the images of started batches."""

import signal
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer

from assetql.domain.task import TaskKey
from assetql.pipeline.generate import Outcome
from assetql.pipeline.reconcile import active_batches
from assetql.ports import Stores
from assetql.worker import Worker
from infra.lifeline import end_with_input
from integrations.cli.output import errors, explained
from integrations.cli.session import opened
from integrations.cli.watching import image_bar

_ENDED = {Outcome.READY, Outcome.FAILED}


def worker(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Stop when nothing is left to do.")
    ] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Images at once.")] = 2,
    with_input: Annotated[
        bool, typer.Option("--with-input", hidden=True, help="End when standard input does.")
    ] = False,
) -> None:
    """Make images until stopped; several workers share the work."""
    if with_input:
        end_with_input()
    with explained(), opened(models=True) as (services, _caller):
        with _Bar(services.stores) as bar:
            loop = Worker(services, concurrency=concurrency, watch=bar.saw)
            with _stopped_by_signals(loop):
                loop.run(until_idle=until_idle)
        bar.report()


@contextmanager
def _stopped_by_signals(loop: Worker) -> Generator[None]:
    """SIGTERM and Ctrl-C let it finish what it has in hand; one that is ignored stays ignored."""
    heard = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) != signal.SIG_IGN]
    before = {n: signal.signal(n, lambda _number, _frame: loop.stop()) for n in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bar:
    """Progress on standard error, where somebody looks at it."""

    def __init__(self, stores: Stores) -> None:
        self._progress = image_bar()
        open_tasks = sum(
            stores.tasks.tally(batch.workspace, batch.batch_id).counts.open
            for batch in active_batches(stores)
        )
        self._task = self._progress.add_task("images", total=open_tasks or None)
        self._seen: Counter[Outcome] = Counter()

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def saw(self, _: TaskKey, outcome: Outcome) -> None:
        """One delivery was worked on."""
        self._seen[outcome] += 1
        if outcome in _ENDED:
            self._progress.advance(self._task)

    def report(self) -> None:
        """What was done, in one line."""
        done = ", ".join(f"{count} {outcome}" for outcome, count in self._seen.items())
        errors.print(done or "nothing to do")
