"""Ids that there are, for schemathesis: else most of what it asks would be not found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from assetql.pipeline.learn_style import learn_style
from assetql.pipeline.start_batch import request_start
from assetql.services import Services
from tests.support.api import answer
from tests.support.homes import draft, started
from tests.support.invariants import assets_of
from tests.support.studios import Studio, reference

_MANY = 6  # of what requests delete or use up
_THREAD = "talk"
_HELLO = {"messages": [{"role": "user", "content": "What can you do?"}]}
# The ids of the document's examples, and what they are ids of.
_EXAMPLES = {
    "bat_k3v5q2m7xd": "batch_id",
    "ast_k3v5q2m7xd-00001-001-r1": "asset_id",
    "apr_k3v5q2m7xd": "approval_id",
    "sty_k3v5q2m7xd": "style_id",
    "upl_k3v5q2m7xd": "image",
    "upl_c3v5q2m7xd": "list",
    "exp_k3v5q2m7xd": "export_id",
    "key_k3v9q2m7xd": "key_id",
}


@dataclass(frozen=True)
class Known:
    """What there is: `ids` by name of what they are of, and which of them have to stay."""

    ids: Mapping[str, Sequence[str]]
    kept: Sequence[str]


def known_of(services: Services, ours: Studio, client: httpx.Client) -> Known:
    """A studio's, with more of what requests delete or use up."""
    drafts = [draft(services, "Bow", key=f"{n}", caller=ours.caller) for n in range(2 * _MANY)]
    running = [started(services, "Axe", key=f"run {n}", caller=ours.caller) for n in range(_MANY)]
    slots = [_announced(client, 1_000_000) for _ in range(2)]
    announced = [_announced(client, len(reference())) for _ in range(_MANY)]
    for each in announced:
        client.post(str(each["url"]), files={"file": reference()}).raise_for_status()
    passing = [f"passing-{number}" for number in range(_MANY)]
    for thread in passing:
        answer(client.post("/threads", json={"thread_id": thread}))
    ids = {
        "batch_id": [each.batch_id for each in (ours.done, ours.running, *running, *drafts)],
        "asset_id": [each.asset_id for each in assets_of(services.stores, ours.done)],
        "approval_id": [
            ours.approval.approval_id,
            *(_approval(services, ours, each.batch_id) for each in drafts[_MANY:]),
        ],
        "style_id": [ours.style_id, *(_style(services, ours, f"Look {n}") for n in range(_MANY))],
        "image": [ours.image_upload],
        "list": [ours.list_upload],
        "upload_id": [ours.image_upload, *(str(each["upload_id"]) for each in announced)],
        "export_id": [ours.package.export_id],
        "key_id": [_key(client, f"Key {number}") for number in range(_MANY)],
        "token": [
            _token(answer(client.post(f"/v1/assets/{ours.asset_id}/link"))),
            _token(answer(client.post(f"/v1/exports/{ours.package.export_id}/link"))),
            *map(_token, slots),
        ],
        "thread_id": [_THREAD, *passing],
        "run_id": [_run(client) for _ in range(2 * _MANY)],
        "assistant_id": ["assetql"],
        "reuse": ["do_nothing"],
        "create": ["create"],
    }
    own = f"key_{client.headers['Authorization'].split('_')[2]}"
    return Known(ids=ids, kept=(own, ours.style_id, _THREAD))


def _announced(client: httpx.Client, size: int) -> Mapping[str, object]:
    file = {"filename": "bacon.png", "size_bytes": size, "media_type": "image/png"}
    return answer(client.post("/v1/uploads", json=file), 201)


def _approval(services: Services, ours: Studio, batch_id: str) -> str:
    asked = request_start(
        batch_id,
        caller=ours.caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )
    return asked.approval_id


def _style(services: Services, ours: Studio, name: str) -> str:
    learnt = learn_style(
        name,
        [ours.image_upload],
        caller=ours.caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=name,
    )
    return learnt.style_id


def _key(client: httpx.Client, name: str) -> str:
    made: Any = answer(client.post("/v1/keys", json={"name": name, "roles": ["viewer"]}), 201)
    return made["key_id"]


def _run(client: httpx.Client) -> str:
    body = {"assistant_id": "assetql", "input": _HELLO, "if_not_exists": "create"}
    ended = client.post(f"/threads/{_THREAD}/runs/wait", json=body)
    return ended.headers["Content-Location"].rpartition("/")[2]


def _token(link: Mapping[str, object]) -> str:
    return str(link["url"]).rpartition("/")[2]


def with_real_ids(document: str, known: Known) -> str:
    """The OpenAPI document, with examples that there are."""
    for example, name in _EXAMPLES.items():
        document = document.replace(example, known.ids[name][0])
    read: Any = json.loads(document)
    operations = [each for path in read["paths"].values() for each in path.values()]
    for parameter in [each for op in operations for each in op.get("parameters", ())]:
        if parameter["in"] == "path" and parameter["name"] in known.ids:
            parameter["schema"]["examples"] = [known.ids[parameter["name"]][0]]
    return json.dumps(read)
