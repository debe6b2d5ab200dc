"""The offline planner on the shipped requests, and on wording that it was not tuned on."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from assetql.settings import Settings
from integrations.cli.evaluation.harness import Harness
from integrations.cli.evaluation.request import Request, read_requests
from integrations.cli.evaluation.score import Outcome

CHAT = Path(__file__).parents[2] / "examples" / "chat"


def held_out(request: Request) -> bool:
    """Set c of the unseen wording, which no word table was made from."""
    return request.id.endswith("c")


def outcomes(requests: list[Request], settings: Settings) -> list[Outcome]:
    """What comes of each request, in order."""

    async def run() -> list[Outcome]:
        with Harness(settings, CHAT) as harness:
            return [await harness.run(request) for request in requests]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("file", "chosen", "least"),
    [
        ("requests.jsonl", lambda request: True, 19),
        ("unseen.jsonl", held_out, 13),
    ],
)
def test_enough_requests_get_the_calls_that_they_need(
    file: str, chosen: Callable[[Request], bool], least: int, tmp_path: Path
) -> None:
    requests = [r for r in read_requests((CHAT / file).read_text("utf-8")) if chosen(r)]

    done = outcomes(requests, Settings(home=tmp_path))

    assert len(done) == 20
    failed = [outcome.id for outcome in done if not outcome.passed]
    assert len(done) - len(failed) >= least, failed
