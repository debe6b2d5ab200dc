"""batch_creator, style_embedding, exporter, notifier: who asks comes from the identity alone."""

import json
from typing import Any

import pytest

from assetql.domain.identity import Principal, Role
from assetql.services import Services
from tests.integration.lambdas.batches import made, now, tasks
from tests.integration.lambdas.events import call_event, request_event, stream_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import OWNER, started
from tests.support.studios import reference, upload

RIVAL = Principal("rival", "bob", frozenset({Role.OWNER}))
LIST = b"name,description,category,variations\nFlask,round,potion,2\nKey,iron,key,1\n"


def asked(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status and the document that API Gateway passes back."""
    answer = invoke("batch_creator", event)
    assert answer["headers"] == {"Content-Type": "application/json"}
    return answer["statusCode"], json.loads(answer["body"])


def code_of(answer: dict[str, Any]) -> str:
    """The code of an error that says what to do about it."""
    assert set(answer) == {"error"}
    assert answer["error"]["message"]
    assert answer["error"]["remedy"]
    return answer["error"]["code"]


def test_a_list_becomes_a_draft_once_per_key(services: Services) -> None:
    uploaded = upload(services, OWNER, "list.csv", LIST)
    event = request_event({"upload": uploaded}, key="k1")
    status, drafted = asked(event)
    assert (status, drafted["accepted"], drafted["quote"]["images"]) == (201, 2, 3)
    assert asked(event) == (status, drafted)
    batch = services.stores.batches.get("studio", drafted["batch_id"])
    assert batch
    assert batch.created_by == "0b5f4c1e-6f0a-4d0e-8e0c-2f7d6c1f9f11"
    _, other = asked(request_event({"upload": uploaded}, key="k2"))
    assert other["batch_id"] != drafted["batch_id"]


def test_a_list_with_bad_rows_says_which(services: Services) -> None:
    bad = upload(services, OWNER, "bad.csv", LIST + b",nameless,,1\n")
    status, refused = asked(request_event({"upload": bad}))
    assert status == 422
    assert [row["line"] for row in refused["refused"]] == [4]
    assert asked(request_event({"upload": bad, "valid_rows_only": True}))[0] == 201


def test_the_workspace_can_not_be_chosen(services: Services) -> None:
    theirs = upload(services, RIVAL, "list.csv", LIST)
    assert asked(request_event({"upload": theirs}))[0] == 404
    status, refused = asked(request_event({"upload": theirs, "workspace": "rival"}))
    assert (status, code_of(refused)) == (400, "invalid_input")
    assert "workspace" in refused["error"]["message"]
    event = request_event({"upload": theirs})
    event["headers"]["custom:workspace"] = "rival"
    event["queryStringParameters"] = {"workspace": "rival"}
    assert asked(event)[0] == 404
    assert asked(request_event({"upload": theirs}, **{"custom:workspace": "rival"}))[0] == 201


def test_who_may_not_is_refused(services: Services) -> None:
    uploaded = upload(services, OWNER, "list.csv", LIST)
    event = request_event({"upload": uploaded}, **{"cognito:groups": "viewer"})
    assert asked(event)[0] == 403
    event["requestContext"]["authorizer"] = {}
    assert asked(event)[0] == 403
    event = request_event({})
    event["body"] = "{"
    assert asked(event)[0] == 400


def test_a_style_is_learnt_from_uploads(services: Services) -> None:
    ours = [upload(services, OWNER, "reference.png", reference())]
    event = call_event({"name": "Meadow", "uploads": ours, "key": "k"})
    learnt = invoke("style_embedding", event)
    assert (learnt["version"], learnt["references"]) == (1, 1)
    assert invoke("style_embedding", event) == learnt
    stolen = call_event({"name": "Stolen", "uploads": ours, "key": "k"}, workspace="rival")
    assert code_of(invoke("style_embedding", stolen)) == "not_found"


def test_an_ended_batch_is_packed_and_a_running_one_later(services: Services) -> None:
    batch = made(services, "Flask")
    event = call_event({"batch": batch.batch_id, "presets": ["raw"], "key": "k"})
    assert invoke("exporter", event)["scheduled"] is True
    invoke("workflow", stream_event(*tasks(services, batch)))
    packed = invoke("exporter", event)
    assert packed["package"]["assets"] == 1
    assert services.stores.objects.exists(packed["package"]["key"])
    stolen = call_event(event["arguments"], workspace="rival")
    assert code_of(invoke("exporter", stolen)) == "not_found"
    unknown = call_event({"batch": batch.batch_id, "presets": ["unitty"], "key": "k"})
    assert code_of(invoke("exporter", unknown)) == "invalid_input"


def test_a_thread_is_told_once_by_whom_ever(services: Services) -> None:
    running = started(services, "Flask", key="running")
    event = call_event({"batch": running.batch_id})
    assert code_of(invoke("notifier", event)) == "conflict"
    batch = made(services, "Flask")
    event = call_event({"batch": batch.batch_id})
    assert invoke("notifier", event) == {"thread_id": "thread"}
    assert invoke("notifier", event) == {"thread_id": "thread"}
    invoke("workflow", stream_event(*tasks(services, batch)))
    assert now(services, batch).closed
    inbox = services.stores.inbox.after("studio", "thread", 0)
    assert len([m for m in inbox if f"{batch.batch_id} has ended" in m.text]) == 1
    assert code_of(invoke("notifier", call_event(event["arguments"], workspace="rival"))) == (
        "not_found"
    )


@pytest.mark.parametrize("name", ["style_embedding", "exporter", "notifier"])
def test_a_call_that_nobody_vouches_for_does_nothing(name: str) -> None:
    assert code_of(invoke(name, {"arguments": {}})) == "forbidden"
    unknown = call_event({"workspace": "rival"})
    assert code_of(invoke(name, unknown)) == "invalid_input"
    nowhere = call_event({}, workspace="../rival")
    assert code_of(invoke(name, nowhere)) == "forbidden"
