"""Every operation of the door, by what the OpenAPI document promises: schemathesis asks it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support import schema_hooks
from tests.support.api import api_served, client_of
from tests.support.homes import open_home
from tests.support.schema_data import Known, known_of, with_real_ids
from tests.support.studios import Studio

EXAMPLES = 100  # of each operation; chains of requests of all together
SEED = 20_261_123
TIME = 1_200  # seconds, after which something hangs
DRAWN = 8_192  # characters of a text; at longer bounds the coverage phase asks alone
STREAMING = "(/events|/stream)$"  # their answers last as long as a batch or a run
BODIES = {
    "body.asset_ids[*]": "asset_id",
    "body.uploads[*]": "image",
    "body.upload_id": "list",
    "body.style": "style_id",
    "body.assistant_id": "assistant_id",
    "body.if_exists": "reuse",
    "body.if_not_exists": "create",
    "body.input.messages[*].content[*].file_id": "image",
    "body.input.messages[*].additional_kwargs.uploads[*]": "image",
}
PARTS = {
    "agent": "^/(?!v1/|files/)",
    "resources": "^/(v1|files)/",
}


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    clock = ManualClock()
    clock.advance(timedelta(minutes=5))
    with open_home(home, clock=clock, requests_per_minute=1_000_000) as opened:
        yield opened


@pytest.fixture
def given(
    services: Services, ours: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mapping[str, str]]:
    """A server over a studio, as arguments of schemathesis."""
    with api_served(services) as address, client_of(address, services, ours.caller) as client:
        known = known_of(services, ours, client)
        monkeypatch.setenv(schema_hooks.KEPT, json.dumps(known.kept))
        document = tmp_path / "openapi.json"
        document.write_text(with_real_ids(client.get("/openapi.json").text, known))
        yield {
            "--config-file": str(configuration(tmp_path, known)),
            "run": str(document),
            "--url": address,
            "--header": f"Authorization: {client.headers['Authorization']}",
            "--exclude-path-regex": STREAMING,
            "--checks": "all",
            "--max-examples": str(EXAMPLES),
        }


@pytest.mark.parametrize(
    ("phases", "part"),
    [
        ("fuzzing", "agent"),
        ("fuzzing", "resources"),
        ("examples,coverage", "resources"),
        ("examples,coverage", "agent"),
    ],
)
def test_the_document_is_kept_to(given: Mapping[str, str], phases: str, part: str) -> None:
    said = ask(given, phases, part, SEED)
    assert number(r"Selected: (\d+)/", said) == number(r"Tested: (\d+)", said) > 10


@pytest.mark.parametrize("part", ["resources", "agent"])
def test_chains_of_requests_keep_to_it(given: Mapping[str, str], part: str) -> None:
    """Ids of answers are asked for. A chain that comes out otherwise when it is asked again ends
    the phase: the next seed goes on."""
    chains = 0
    for seed in range(SEED, SEED + 5):
        said = ask(given, "stateful", part, seed)
        assert number(r"API Links:\s+(\d+) covered", said) > 15
        chains += number(r"Scenarios:\s+(\d+)", said)
        if chains >= EXAMPLES:
            return
    pytest.fail(f"{chains} chains of {EXAMPLES}")


def ask(given: Mapping[str, str], phases: str, part: str, seed: int) -> str:
    """What schemathesis says where it found nothing."""
    if "coverage" not in phases:
        document = Path(given["run"])
        document.write_text(json.dumps(json.loads(document.read_text(), object_hook=_drawable)))
    options = {"--phases": phases, "--include-path-regex": PARTS[part], "--seed": str(seed)}
    asked = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *chain(*given.items(), *options.items())],
        cwd=Path(given["run"]).parent,
        capture_output=True,
        text=True,
        timeout=TIME,
        check=False,
    )
    assert asked.returncode == 0, asked.stdout[-20_000:] + asked.stderr[-2_000:]
    print(asked.stdout[-1_500:])  # noqa: T201 - how much was asked
    return asked.stdout


def _drawable(schema: dict[str, Any]) -> dict[str, Any]:
    """Without a bound that no text reaches: to go beyond it would end an operation's fuzzing."""
    bound = schema.get("maxLength", 0)
    if isinstance(bound, int) and bound > DRAWN:
        return {key: value for key, value in schema.items() if key != "maxLength"}
    return schema


def number(pattern: str, said: str) -> int:
    found = re.search(pattern, said)
    assert found, said[-2_000:]
    return int(found[1])


def configuration(folder: Path, known: Known) -> Path:
    """Half of the ids in paths are those of something, and most in bodies."""
    bound = {
        **{f"path.{name}": (name, 0.5) for name in known.ids},
        **{place: (name, 0.9) for place, name in BODIES.items()},
    }
    lines = [
        f"hooks = {json.dumps(schema_hooks.__file__)}",
        "generation.database = 'none'",
        "phases.stateful.max-steps = 10",
        *(f"dictionaries.{name}.values = {json.dumps(ids)}" for name, ids in known.ids.items()),
        "[parameters]",
        *(
            f"'{place}' = {{ dictionary = '{name}', probability = {often} }}"
            for place, (name, often) in bound.items()
        ),
        # What was deleted is drawn no more, which would end the phase before its examples.
        "[[operations]]",
        "include-method = 'DELETE'",
        "phases.fuzzing.extra-data-sources.responses = false",
    ]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines))
    return path
