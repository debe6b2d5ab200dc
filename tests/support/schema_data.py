"""Ids that there are, for schemathesis: else most of what it asks would be not found."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from assetql.services import Services
from tests.support.api import answer
from tests.support.homes import draft
from tests.support.studios import Studio

Ids = Mapping[str, Sequence[str]]  # by the names of parameters
_MANY = 6  # of what requests delete or use up
_HELLO = {"messages": [{"role": "user", "content": "What can you do?"}]}
# The ids of the document's examples, and what they are ids of.
_EXAMPLES = {
    "bat_k3v5q2m7xd": "batch_id",
    "ast_k3v5q2m7xd-00001-001-r1": "asset_id",
    "apr_k3v5q2m7xd": "approval_id",
    "sty_k3v5q2m7xd": "style_id",
    "upl_k3v5q2m7xd": "upload_id",
    "exp_k3v5q2m7xd": "export_id",
    "key_k3v9q2m7xd": "key_id",
}


def ids_of(services: Services, ours: Studio, client: httpx.Client) -> Ids:
    """Those of a studio, with more drafts, keys, threads and runs."""
    drafts = [draft(services, "Bow", key=f"{n}", caller=ours.caller) for n in range(_MANY)]
    threads = [f"talk-{number}" for number in range(_MANY)]
    return {
        "batch_id": [each.batch_id for each in (ours.done, ours.running, *drafts)],
        "asset_id": [ours.asset_id],
        "approval_id": [ours.approval.approval_id],
        "style_id": [ours.style_id],
        "upload_id": [ours.image_upload, ours.list_upload],
        "export_id": [ours.package.export_id],
        "key_id": [_key(client, f"Key {number}") for number in range(_MANY)],
        "thread_id": threads,
        "run_id": [_run(client, thread) for thread in threads],
        "assistant_id": ["assetql"],
    }


def _key(client: httpx.Client, name: str) -> str:
    made: Any = answer(client.post("/v1/keys", json={"name": name, "roles": ["viewer"]}), 201)
    return made["key_id"]


def _run(client: httpx.Client, thread_id: str) -> str:
    body = {"assistant_id": "assetql", "input": _HELLO, "if_not_exists": "create"}
    ended = client.post(f"/threads/{thread_id}/runs/wait", json=body)
    return ended.headers["Content-Location"].rpartition("/")[2]


def with_real_ids(document: str, known: Ids) -> str:
    """The OpenAPI document, with examples that there are."""
    for example, name in _EXAMPLES.items():
        document = document.replace(example, known[name][0])
    read: Any = json.loads(document)
    operations = [each for path in read["paths"].values() for each in path.values()]
    for parameter in [each for op in operations for each in op.get("parameters", ())]:
        if parameter["in"] == "path" and parameter["name"] in known:
            parameter["schema"]["examples"] = [known[parameter["name"]][0]]
    return json.dumps(read)
