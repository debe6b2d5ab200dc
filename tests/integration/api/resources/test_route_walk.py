"""The main job over HTTP, once per family: from uploads to a package that is downloaded."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.api import answer, api_served, client_of
from tests.support.driving import drain
from tests.support.homes import OWNER, open_home
from tests.support.making import scripted, tiny_png
from tests.support.studios import reference

LIST = b"name,description,variations\nSword,sharp,2\n,nameless,1\nShield,round,1\n"


@pytest.fixture(params=["local", "aws"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Services, str]]:
    clock = ManualClock()
    with (
        open_home(tmp_path, family=request.param, clock=clock) as services,
        api_served(services) as address,
    ):
        yield services, address


@pytest.fixture
def http(served: tuple[Services, str]) -> Iterator[httpx.Client]:
    services, address = served
    with client_of(address, services, OWNER) as client:
        yield client


def send(http: httpx.Client, filename: str, media_type: str, data: bytes) -> str:
    """An upload that is announced, sent where the answer says, and completed."""
    facts: Any = answer(
        http.post(
            "/v1/uploads",
            json={"filename": filename, "size_bytes": len(data), "media_type": media_type},
        ),
        201,
    )
    early = http.post(f"/v1/uploads/{facts['upload_id']}/complete")
    assert early.status_code == 409, early.text
    files = {"file": (filename, data, media_type)}
    with httpx.Client() as anybody:
        sent = anybody.post(facts["url"], data=facts["fields"], files=files)
        assert sent.status_code == 204, sent.text
    kept: Any = answer(http.post(f"/v1/uploads/{facts['upload_id']}/complete"))
    assert kept["media_type"] == media_type
    assert answer(http.get(f"/v1/uploads/{kept['upload_id']}")) == kept
    return kept["upload_id"]


def test_from_uploads_to_a_package(served: tuple[Services, str], http: httpx.Client) -> None:
    services, _ = served
    style = learnt(http)
    batch_id = drafted(http, style)
    asked: Any = answer(http.post(f"/v1/batches/{batch_id}/start"), 202)
    assert [a["approval_id"] for a in pending(http)] == [asked["approval_id"]]
    follow_up: Any = answer(
        http.post(f"/v1/batches/{batch_id}/exports", json={"presets": ["raw", "unity"]}), 202
    )
    assert follow_up["scheduled"]
    said: Any = answer(
        http.post(f"/v1/approvals/{asked['approval_id']}/answer", json={"decision": "approve"})
    )
    assert said["status"] == "APPROVED"
    assert pending(http) == []

    clock = services.clock
    assert isinstance(clock, ManualClock)
    drain(services, scripted(), clock)
    fed(services, batch_id)

    read: Any = answer(http.get(f"/v1/batches/{batch_id}"))
    assert (read["status"], read["counts"]["READY"], read["ended"]) == ("READY", 3, True)
    found: Any = answer(http.get("/v1/assets", params={"text": "sword", "style": style["name"]}))
    assert {asset["name"] for asset in found["assets"]} == {"Sword"}
    looked_at(http, found["assets"][0]["asset_id"])
    exports: Any = answer(http.get(f"/v1/batches/{batch_id}/exports"))
    downloaded(http, exports["exports"][0]["export_id"])


def fed(services: Services, batch_id: str) -> None:
    """What the stream of DynamoDB does by a handler; the embedded index looks by itself."""
    page = services.stores.assets.page(OWNER.workspace, batch_id)
    services.stores.index.apply(page.items)


def learnt(http: httpx.Client) -> Any:
    image = send(http, "bacon.png", "image/png", reference())
    style: Any = answer(http.post("/v1/styles", json={"name": "Noto", "uploads": [image]}), 201)
    assert style["palette"]
    assert style["gate"]["threshold"] > 0
    assert not style["gate"]["calibrated"]  # one reference is too few to tell
    shown = http.get(f"/v1/styles/{style['style_id']}/references/1", follow_redirects=True)
    assert shown.content == reference()
    return style


def drafted(http: httpx.Client, style: Any) -> str:
    csv = send(http, "items.csv", "text/csv", LIST)
    refused: Any = answer(http.post("/v1/imports", json={"upload_id": csv}))
    assert refused["batch"] is None
    assert [(row["line"], row["reason"]) for row in refused["refused"]] == [(3, "no name")]
    wanted = {"upload_id": csv, "valid_rows_only": True, "style": style["style_id"]}
    taken: Any = answer(http.post("/v1/imports", json=wanted), 201)
    assert taken["batch"]["quote"] == answer(
        http.get(f"/v1/batches/{taken['batch']['batch_id']}/quote")
    )
    assert taken["batch"]["quote"]["images"] == 3
    return taken["batch"]["batch_id"]


def pending(http: httpx.Client) -> Any:
    return answer(http.get("/v1/approvals"))["approvals"]


def looked_at(http: httpx.Client, asset_id: str) -> None:
    for image in ("thumbnail", "image"):
        shown = http.get(f"/v1/assets/{asset_id}/{image}", follow_redirects=True)
        assert shown.content == tiny_png()
        assert shown.headers["content-type"] == "image/png"
    asset: Any = answer(http.get(f"/v1/assets/{asset_id}"))
    assert asset["recipe"]["model_id"] == "scripted"
    similar: Any = answer(http.get(f"/v1/assets/{asset_id}/similar"))
    assert asset_id not in [each["asset_id"] for each in similar["assets"]]


def downloaded(http: httpx.Client, export_id: str) -> None:
    package: Any = answer(http.get(f"/v1/exports/{export_id}"))
    link: Any = answer(http.post(f"/v1/exports/{export_id}/link"))
    with httpx.Client() as anybody:
        got = anybody.get(link["url"])
    assert "attachment" in got.headers["content-disposition"]
    assert len(got.content) == package["bytes"]
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        assert archive.testzip() is None
        assert any(name.startswith("unity/") for name in archive.namelist())
