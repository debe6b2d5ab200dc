"""assetql chat, assetql up: talk to the assistant; `up` brings workers along.

The conversation is imported when it starts: other commands, workers above all, don't wait for it.
"""

from typing import Annotated

import typer

from integrations.cli.output import explained
from integrations.cli.session import opened
from integrations.cli.workers import handlers_work, worker_processes

Thread = Annotated[str, typer.Option(help="The conversation to go on with.")]


def chat(thread: Thread = "terminal") -> None:
    """Talk to the assistant; images are made by `assetql worker`, or by the handlers on AWS."""
    from integrations.cli.terminal import converse

    with explained(), opened(models=True) as (services, caller):
        at_work = (lambda: True) if handlers_work(services.settings) else None
        converse(services, caller, thread, at_work)


def up(
    thread: Thread = "terminal",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Worker processes.")] = 2,
) -> None:
    """Start workers, and talk to the assistant."""
    from integrations.cli.terminal import converse

    with explained(), opened(models=True) as (services, caller):
        logs = services.settings.home / "logs"
        with worker_processes(workers, logs=logs) as working:
            converse(services, caller, thread, working)
