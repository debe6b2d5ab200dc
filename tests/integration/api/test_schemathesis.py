"""Every operation of the door, by what the OpenAPI document promises: schemathesis asks it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support import schema_hooks
from tests.support.api import api_served, client_of
from tests.support.homes import open_home
from tests.support.schema_data import Ids, ids_of, with_real_ids
from tests.support.studios import Studio

EXAMPLES = 100  # of each operation
SEED = 20_261_123
TIME = 1_200  # seconds, after which something hangs
STREAMING = "(/events|/stream)$"  # their answers last as long as a batch or a run
PARTS = {"resources": "^/(v1|files)/", "agent": "^/(?!v1/|files/)"}


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    clock = ManualClock()
    clock.advance(timedelta(minutes=5))
    with open_home(home, clock=clock, requests_per_minute=1_000_000) as opened:
        yield opened


@pytest.mark.parametrize("phases", ["examples,coverage"])
@pytest.mark.parametrize("part", PARTS)
def test_the_document_is_kept_to(
    services: Services, ours: Studio, tmp_path: Path, part: str, phases: str
) -> None:
    with api_served(services) as address, client_of(address, services, ours.caller) as client:
        known = ids_of(services, ours, client)
        document = tmp_path / "openapi.json"
        document.write_text(with_real_ids(client.get("/openapi.json").text, known))
        credential = client.headers["Authorization"]
        arguments = {
            "--config-file": str(configuration(tmp_path, known)),
            "run": str(document),
            "--url": address,
            "--header": f"Authorization: {credential}",
            "--include-path-regex": PARTS[part],
            "--exclude-path-regex": STREAMING,
            "--phases": phases,
            "--checks": "all",
            "--max-examples": str(EXAMPLES),
            "--seed": str(SEED),
        }
        asked = subprocess.run(
            [
                sys.executable,
                "-m",
                "schemathesis.cli",
                *(a for pair in arguments.items() for a in pair),
            ],
            cwd=tmp_path,
            env={**os.environ, schema_hooks.OWN_KEY: f"key_{credential.split('_')[2]}"},
            capture_output=True,
            text=True,
            timeout=TIME,
            check=False,
        )
    assert asked.returncode == 0, asked.stdout[-20_000:] + asked.stderr[-2_000:]
    print(asked.stdout[-600:])  # noqa: T201 - the seed, and how much was asked


def configuration(folder: Path, known: Ids) -> Path:
    """Half of the ids that are asked for are those of something."""
    lines = [
        f"hooks = {json.dumps(schema_hooks.__file__)}",
        "generation.database = 'none'",
        *(f"dictionaries.{name}.values = {json.dumps(ids)}" for name, ids in known.items()),
        "[parameters]",
        *(f"'path.{name}' = {{ dictionary = '{name}', probability = 0.5 }}" for name in known),
    ]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines))
    return path
