"""Stores that fail: callers are told so, and not where they lie."""

import logging
from pathlib import Path

import httpx
import pytest

from assetql.adapters.local.stores import DATABASE_NAME
from assetql.telemetry.events import FACTS
from tests.support.studios import Studio


def test_a_failing_database_is_named_without_its_path(
    our_client: httpx.Client, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    our_client.get("/v1/usage").raise_for_status()
    for file in home.glob(f"{DATABASE_NAME}*"):
        file.write_bytes(b"\0" * file.stat().st_size)
    with caplog.at_level(logging.WARNING, "assetql.adapters.local.database"):
        refused = our_client.get("/v1/batches")
    assert refused.status_code == 503
    assert DATABASE_NAME in refused.json()["detail"]
    assert str(home) not in refused.text
    logged = [getattr(record, FACTS)["path"] for record in caplog.records]
    assert str(home / DATABASE_NAME) in logged


def test_a_failing_disk_is_told_without_its_path(
    our_client: httpx.Client, home: Path, ours: Studio
) -> None:
    for file in (home / "objects").rglob("*.png"):
        file.unlink()
        file.symlink_to(file)  # a loop, which no read ends
    refused = our_client.get(f"/v1/assets/{ours.asset_id}/image")
    assert refused.status_code == 503
    assert str(home) not in refused.text
