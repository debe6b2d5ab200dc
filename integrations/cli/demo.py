"""assetql demo: the whole main job on the shipped example, through the assistant."""

from pathlib import Path
from typing import Annotated

import typer

from integrations.cli.output import explained
from integrations.cli.session import opened


def demo(
    out: Annotated[Path, typer.Option(help="Where the package and the pictures go.")] = Path(
        "demo-output"
    ),
) -> None:
    """Run the whole main job on the shipped example."""
    from integrations.cli.main_job import run_main_job

    with explained(), opened(models=True) as (services, caller):
        run_main_job(out, services, caller)
