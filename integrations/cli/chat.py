"""assetql chat: talk to the assistant; with workers of its own it makes the images, too.

The conversation is imported when it starts: other commands, workers above all, don't wait for it.
"""

from typing import Annotated

import typer

from integrations.cli.output import explained
from integrations.cli.session import opened
from integrations.cli.workers import handlers_work, worker_processes


def chat(
    thread: Annotated[str, typer.Option(help="The conversation to go on with.")] = "terminal",
    workers: Annotated[
        int, typer.Option(min=0, max=16, help="Worker processes to make images meanwhile.")
    ] = 0,
) -> None:
    """Talk to the assistant; images are made by workers, or by the handlers on AWS."""
    from integrations.cli.terminal import converse

    with explained(), opened(models=True) as (services, caller):
        if handlers_work(services.settings):
            converse(services, caller, thread, lambda: True)
        elif not workers:
            converse(services, caller, thread)
        else:
            with worker_processes(workers, logs=services.settings.home / "logs") as working:
                converse(services, caller, thread, working)
