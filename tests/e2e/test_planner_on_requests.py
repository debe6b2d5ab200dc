"""The offline planner on the shipped requests, and on wording that it was not tuned on."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from assetql.settings import Settings
from integrations.cli.evaluation.harness import Harness
from integrations.cli.evaluation.request import read_requests
from integrations.cli.evaluation.score import Outcome

CHAT = Path(__file__).parents[2] / "examples" / "chat"


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Generator[Harness]:
    """One for all: the states that requests start from are built once."""
    with Harness(Settings(home=tmp_path_factory.mktemp("home")), CHAT) as made:
        yield made


def outcomes(harness: Harness, file: str, suffix: str = "") -> list[Outcome]:
    """What comes of each request of the file whose id ends with `suffix`, in order."""

    async def run() -> list[Outcome]:
        requests = read_requests((CHAT / file).read_text("utf-8"))
        return [await harness.run(r) for r in requests if r.id.endswith(suffix)]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("file", "suffix", "least"),
    [
        pytest.param("requests.jsonl", "", 19, id="shipped"),
        # No table of words was made from these.
        pytest.param("unseen.jsonl", "c", 15, id="held-out, roundabout wording"),
        pytest.param("unseen_3.jsonl", "a", 16, id="held-out, a developer"),
        pytest.param("unseen_3.jsonl", "b", 16, id="held-out, a manager"),
        pytest.param("unseen_3.jsonl", "c", 16, id="held-out, an artist"),
    ],
)
def test_enough_requests_get_the_calls_that_they_need(
    harness: Harness, file: str, suffix: str, least: int
) -> None:
    done = outcomes(harness, file, suffix)

    failed = [outcome.id for outcome in done if not outcome.passed]
    assert len(done) == 20
    assert len(done) - len(failed) >= least, failed
