"""What each resource answers, and in which form it refuses."""

import json
from typing import Any

import httpx
import pytest

from assetql.pipeline.cancel_batch import cancel_batch
from assetql.services import Services
from integrations.api.resources import progress
from tests.support.api import answer
from tests.support.studios import Studio, reference

Http = httpx.Client


def test_rows_are_priced_drafted_and_listed(our_client: Http) -> None:
    rows = [{"name": "Fork", "variations": 3, "width": 64, "height": 64}, {"name": "Spoon"}]
    price: Any = answer(our_client.post("/v1/quotes", json={"rows": rows}))
    assert price["images"] == 4
    batch: Any = answer(our_client.post("/v1/batches", json={"rows": rows}), 201)
    assert (batch["status"], batch["name"], batch["quote"]) == ("DRAFT", "Fork and 1 more", price)
    page: Any = answer(our_client.get("/v1/batches", params={"limit": 1}))
    assert [each["batch_id"] for each in page["batches"]] == [batch["batch_id"]]
    tasks: Any = answer(our_client.get(f"/v1/batches/{batch['batch_id']}/tasks"))
    assert [task["name"] for task in tasks["tasks"]] == ["Fork"] * 3 + ["Spoon"]
    assert {task["status"] for task in tasks["tasks"]} == {"QUEUED"}


def test_a_request_sent_again_drafts_one_batch(our_client: Http) -> None:
    headers = {"Idempotency-Key": "once"}
    asked = {"rows": [{"name": "Fork"}]}
    first, second = (our_client.post("/v1/batches", json=asked, headers=headers) for _ in range(2))
    assert answer(first, 201) == answer(second, 201)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []},
        {"rows": [{"name": " "}]},
        {"rows": [{"name": "a\0b"}]},
        {"rows": [{"name": "\ud800"}]},
        {"rows": [{"name": "Fork", "width": 10**40}]},
        {"rows": [{"name": "Fork", "hight": 64}]},
        {"rows": [{"name": "Fork"}], "workspace": "rival"},
    ],
)
def test_a_bad_body_is_a_problem(our_client: Http, wrong: dict[str, Any]) -> None:
    body = json.dumps(wrong).encode()
    refused = our_client.post(
        "/v1/batches", content=body, headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["where"].startswith("body.")


def test_assets_are_found_tagged_and_varied(our_client: Http, ours: Studio) -> None:
    path = f"/v1/assets/{ours.asset_id}"
    edited: Any = answer(our_client.patch(path, json={"add_tags": ["Boss  drop"]}))
    assert edited["tags"]["added"] == ["boss drop"]
    found: Any = answer(our_client.get("/v1/assets", params={"tags": "boss drop"}))
    assert [each["asset_id"] for each in found["assets"]] == [ours.asset_id]
    varied: Any = answer(our_client.post(f"{path}/variations", json={"count": 2}), 202)
    assert varied["approval"]["status"] == "PENDING"
    assert varied["batch"]["counts"]["QUEUED"] == 2


def test_an_image_is_sent_once(our_client: Http, ours: Studio) -> None:
    path = f"/v1/assets/{ours.asset_id}/thumbnail"
    first = our_client.get(path)
    assert first.headers["cache-control"].startswith("private")
    again = our_client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_style_is_learnt_and_deleted(our_client: Http, ours: Studio) -> None:
    files = {"file": ("bacon.png", reference(), "image/png")}
    upload: Any = answer(our_client.post("/v1/direct-uploads", files=files), 201)
    wanted = {"name": "Second", "uploads": [upload["upload_id"]]}
    style: Any = answer(our_client.post("/v1/styles", json=wanted), 201)
    listed: Any = answer(our_client.get("/v1/styles"))
    assert [each["name"] for each in listed["styles"]] == ["Second", ours.style_name]
    path = f"/v1/styles/{style['style_id']}"
    assert our_client.get(f"{path}/references/2").status_code == 404
    assert our_client.delete(path).status_code == 204
    for gone in (path, f"{path}/references/1"):
        assert our_client.get(gone).status_code == 404


def test_styles_come_in_pages(our_client: Http, ours: Studio) -> None:
    for name in ("alpha", "Zed"):
        wanted = {"name": name, "uploads": [ours.image_upload]}
        answer(our_client.post("/v1/styles", json=wanted), 201)
    names: list[str] = []
    cursor = None
    for _ in range(3):
        page: Any = answer(
            our_client.get("/v1/styles", params={"limit": 1, "cursor": cursor or []})
        )
        names += [each["name"] for each in page["styles"]]
        cursor = page["cursor"]
    assert cursor is None
    assert names == ["alpha", ours.style_name, "Zed"]


def test_an_upload_is_what_was_announced(our_client: Http) -> None:
    asked = {"filename": "a.png", "size_bytes": 4, "media_type": "image/png"}
    announced: Any = answer(our_client.post("/v1/uploads", json=asked), 201)
    for data in (b"", b"12345"):
        assert httpx.post(announced["url"], files={"file": data}).status_code == 422
    assert httpx.post(announced["url"], files={"file": b"1234"}).status_code == 204
    refused = our_client.post(f"/v1/uploads/{announced['upload_id']}/complete")
    assert refused.status_code == 422
    assert "a.png" in refused.json()["detail"]
    assert our_client.get(f"/v1/uploads/{announced['upload_id']}").status_code == 404


def test_certain_assets_are_packed(our_client: Http, ours: Studio) -> None:
    asked = {"asset_ids": [ours.asset_id], "presets": ["web"]}
    made: Any = answer(our_client.post("/v1/exports", json=asked), 201)
    read: Any = answer(our_client.get(f"/v1/exports/{made['export']['export_id']}"))
    assert (read, read["assets"]) == (made["export"], 1)


def test_the_budget_is_set_and_shown(our_client: Http) -> None:
    usage: Any = answer(our_client.put("/v1/usage/budget", json={"budget": 7.5}))
    assert usage["budget"] == 7.5
    assert answer(our_client.get("/v1/usage")) == usage


def test_a_question_is_answered_once(our_client: Http, ours: Studio) -> None:
    path = f"/v1/approvals/{ours.approval.approval_id}"
    said: Any = answer(our_client.post(f"{path}/answer", json={"decision": "decline"}))
    assert said["status"] == "DECLINED"
    late = our_client.post(f"{path}/answer", json={"decision": "approve"})
    assert late.status_code == 409
    assert "already declined" in late.json()["detail"]
    assert answer(our_client.get(path)) == said


def test_progress_is_told_until_the_end(our_client: Http, services: Services, ours: Studio) -> None:
    path = f"/v1/batches/{ours.draft.batch_id}/events"
    events: list[dict[str, str]] = []
    with our_client.stream("GET", path) as response:
        for event in event_stream(response):
            events.append(event)
            if len(events) == 1:
                cancel_batch(
                    ours.draft.batch_id,
                    caller=ours.caller,
                    stores=services.stores,
                    clock=services.clock,
                )
    assert {event["event"] for event in events[:-1]} == {"progress"}
    assert events[-1]["event"] == "ended"
    ended = json.loads(events[-1]["data"])
    assert (ended["status"], ended["counts"]["QUEUED"]) == ("CANCELLED", 0)
    for last, status in ((events[0]["id"], 200), (events[-1]["id"], 204)):
        again = our_client.get(path, headers={"Last-Event-ID": last})
        assert again.status_code == status


def test_whoever_follows_long_has_to_come_back(
    our_client: Http, ours: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a key that was revoked would go on following."""
    monkeypatch.setattr(progress, "LONGEST", 0)
    path = f"/v1/batches/{ours.draft.batch_id}/events"
    with our_client.stream("GET", path) as response:
        assert [event["event"] for event in event_stream(response)] == ["progress"]


def event_stream(response: httpx.Response) -> Any:
    """The events of a stream, each as its fields."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            fields[name] = value
        elif not line and "data" in fields:
            yield fields
            fields = {}


def test_the_docs_load_nothing(our_client: Http) -> None:
    page = our_client.get("/docs")
    assert page.status_code == 200
    assert "/v1/batches/{batch_id}/start" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not [mark for mark in ("<script", "src=", "http:", "@import") if mark in page.text]


def test_a_wrong_method_is_told_the_right_ones(our_client: Http, ours: Studio) -> None:
    refused = our_client.put(f"/v1/styles/{ours.style_id}")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "DELETE, GET"
