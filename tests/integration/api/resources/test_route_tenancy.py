"""Every route of the OpenAPI document, asked by another workspace with our ids."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from tests.support.studios import Studio

Request = dict[str, Any]

# What of ours a path's parameter can name. A new parameter has to be added here.
PARAMETERS: dict[str, Callable[[Studio], tuple[str, ...]]] = {
    "batch_id": lambda ours: (ours.draft.batch_id, ours.done.batch_id, ours.running.batch_id),
    "asset_id": lambda ours: (ours.asset_id,),
    "approval_id": lambda ours: (ours.approval.approval_id,),
    "style_id": lambda ours: (ours.style_id,),
    "upload_id": lambda ours: (ours.list_upload, ours.image_upload),
    "export_id": lambda ours: (ours.package.export_id,),
    "key_id": lambda ours: (ours.api_key_id,),
    "number": lambda ours: ("1",),
}
# Bodies of routes whose path says what is meant.
BODIES: dict[str, Request] = {
    "editTags": {"add_tags": ["stolen"]},
    "makeVariations": {"count": 1},
    "exportBatch": {"presets": ["raw"]},
    "answerApproval": {"decision": "decline"},
}
ROW = {"name": "Fork", "width": 16, "height": 16}
# Bodies and queries that name what is ours.
NAMING: dict[str, Callable[[Studio], list[Request]]] = {
    "createBatch": lambda ours: [
        {"json": {"rows": [ROW], "style": style}} for style in (ours.style_id, ours.style_name)
    ],
    "importBatch": lambda ours: [{"json": {"upload_id": ours.list_upload}}],
    "learnStyle": lambda ours: [{"json": {"name": "stolen", "uploads": [ours.image_upload]}}],
    "exportAssets": lambda ours: [{"json": {"presets": ["raw"], "asset_ids": [ours.asset_id]}}],
    "searchAssets": lambda ours: [
        {"params": {"similar_to": ours.asset_id}},
        {"params": {"duplicates_of": ours.asset_id}},
        {"params": {"similar_to_upload": ours.image_upload}},
        {"params": {"style": ours.style_id}},
        {"params": {"style": ours.style_name}},
    ],
}
# Routes that take no reference: what they answer is the caller's own.
OWN: dict[str, Request] = {
    "quoteRows": {"json": {"rows": [ROW]}},
    "announceUpload": {
        "json": {"filename": "list.csv", "size_bytes": 9, "media_type": "text/csv"},
        "headers": {"Idempotency-Key": "draft"},
    },
    "uploadFile": {"files": {"file": ("list.csv", b"name\nFork\n")}},
    "setBudget": {"json": {"budget": 1}},
    "listBatches": {},
    "listApprovals": {},
    "listStyles": {},
    "listPresets": {},
    "readAccount": {},
}
OF_KEYS: dict[str, Request] = {
    "POST /v1/keys": {"json": {"name": "k", "roles": ["viewer"]}},
    "GET /v1/keys": {},
}


def operations(address: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Verb, path, name and path parameters of what needs a caller."""
    document: Any = httpx.get(f"{address}/openapi.json", timeout=60).json()
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            if path.startswith("/v1/"):
                given = operation.get("parameters", [])
                names = [each["name"] for each in given if each["in"] == "path"]
                yield verb.upper(), path, operation["operationId"], names


def attacks(address: str, ours: Studio) -> Iterator[tuple[str, str, Request]]:
    """Requests that name what is ours; each has to be answered as if it were not there."""
    for verb, path, name, parameters in operations(address):
        for values in product(*(PARAMETERS[each](ours) for each in parameters)):
            if parameters:
                filled = path.format(**dict(zip(parameters, values, strict=True)))
                body = {"json": BODIES[name]} if name in BODIES else {}
                yield verb, filled, body
        if not parameters and name in NAMING:
            for request in NAMING[name](ours):
                yield verb, path, request


def told_of(ours: Studio, response: httpx.Response, *asked: object) -> set[str]:
    """What an answer has of us that was not in the question."""
    secrets = {*ours.ids, ours.caller.user, ours.style_name}
    return {s for s in secrets if s in response.text and s not in repr(asked)}


def test_no_route_is_forgotten(address: str) -> None:
    known = BODIES.keys() | NAMING.keys() | OWN.keys()
    unknown = [
        name
        for verb, path, name, parameters in operations(address)
        if not parameters and name not in known and f"{verb} {path}" not in OF_KEYS
    ]
    assert unknown == []


@pytest.mark.usefixtures("nothing_of_ours_changes")
def test_the_ids_of_another_workspace_are_not_found(
    address: str, their_client: httpx.Client, ours: Studio
) -> None:
    let_through: list[object] = []
    asked = 0
    for verb, path, request in attacks(address, ours):
        asked += 1
        response = their_client.request(verb, path, **request)
        told = told_of(ours, response, path, request)
        if response.status_code != 404 or told:
            let_through.append((verb, path, request, response.status_code, told))
    assert let_through == []
    assert asked > 40


def test_the_owner_is_let_in_with_the_same_words(
    address: str, our_client: httpx.Client, ours: Studio
) -> None:
    """Else nothing would have been attacked."""
    last = sorted(attacks(address, ours), key=lambda attack: attack[0] == "DELETE")
    refused: list[object] = []
    for verb, path, request in last:
        with our_client.stream(verb, path, **request) as response:  # progress has no end
            if response.status_code == 404:
                refused.append((verb, path, request))
    assert refused == []


@pytest.mark.usefixtures("nothing_of_ours_changes")
def test_what_needs_no_reference_is_the_callers_own(
    address: str, their_client: httpx.Client, ours: Studio
) -> None:
    for verb, path, name, parameters in operations(address):
        request = OWN.get(name, OF_KEYS.get(f"{verb} {path}"))
        if not parameters and request is not None:
            response = their_client.request(verb, path, **request)
            assert response.is_success, response.text
            assert not told_of(ours, response, request), path


def test_nobody_gets_in_without_a_credential(address: str, ours: Studio) -> None:
    with httpx.Client(base_url=address, timeout=60) as anybody:
        for verb, path, request in attacks(address, ours):
            response = anybody.request(verb, path, **request)
            assert response.status_code == 401, (verb, path)
            assert not told_of(ours, response, path, request)
