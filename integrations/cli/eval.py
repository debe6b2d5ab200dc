"""assetql eval: the assistant on recorded requests, scored by the tool calls it makes."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from rich.text import Text

from assetql.settings import Settings
from integrations.cli.evaluation.request import Request, read_requests
from integrations.cli.evaluation.score import Outcome
from integrations.cli.examples import REQUESTS
from integrations.cli.files import read_text
from integrations.cli.output import console, errors, explained, print_json, print_table
from integrations.cli.session import read_settings


def evaluate(
    file: Annotated[Path, typer.Argument(help="Requests, one JSON object a line.")] = REQUESTS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Score the assistant on requests; exit status 1 unless all pass."""
    with explained(as_json=as_json):
        settings = read_settings()
        requests = read_requests(read_text(file))
        outcomes = asyncio.run(_run(requests, settings, file.parent))
        if as_json:
            print_json([asdict(outcome) for outcome in outcomes])
        else:
            _show(outcomes, settings)
        if not all(outcome.passed for outcome in outcomes):
            raise typer.Exit(1)


async def _run(requests: list[Request], settings: Settings, folder: Path) -> list[Outcome]:
    from integrations.cli.evaluation.harness import Harness

    with Harness(settings, folder) as harness:
        shown = track(requests, "requests", console=errors, disable=not errors.is_terminal)
        return [await harness.run(request) for request in shown]


def _show(outcomes: list[Outcome], settings: Settings) -> None:
    rows = [
        (
            outcome.id,
            "pass" if outcome.passed else "FAIL",
            " → ".join(call.tool for call in outcome.calls) or "-",
            " ".join(outcome.reply.split())[:60],
        )
        for outcome in outcomes
    ]
    print_table(f"Assistant: {settings.chat_model}", ("id", "", "calls", "reply"), rows)
    passed = sum(outcome.passed for outcome in outcomes)
    console.print(Text(f"{passed} of {len(outcomes)} passed"))
    for outcome in outcomes:
        if not outcome.passed:
            console.print(Text(f"  {outcome.id}: {json.dumps([asdict(c) for c in outcome.calls])}"))
