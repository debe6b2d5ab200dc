"""API keys over HTTP: made, used, and every way in that they must not be."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from assetql.domain.door_record import RecordKind
from assetql.domain.identity import Principal, Role
from assetql.pipeline.api_keys import create_api_key, revoke_api_key
from integrations.api.idempotency import HEADER
from tests.integration.api.auth.conftest import Door, Open
from tests.support.homes import OWNER, open_home

DAY = timedelta(days=1)


@pytest.fixture
def local(open_door: Open) -> Door:
    """A door without an issuer."""
    return open_door()


def make(
    door: Door,
    *,
    caller: Principal = OWNER,
    roles: Sequence[Role] = (Role.OWNER,),
    life: timedelta | None = None,
) -> tuple[str, str]:
    """The id and the secret of a new key."""
    made, secret = create_api_key(
        "build server",
        roles=roles,
        life=life,
        caller=caller,
        stores=door.services.stores,
        clock=door.clock,
        key="one",
    )
    return made.key_id, secret


def post(door: Door, secret: str, name: str = "ci", **headers: str) -> httpx.Response:
    return door.client.post(
        "/v1/keys",
        json={"name": name, "roles": ["editor"], "expires_in_days": 2},
        headers={"authorization": f"Bearer {secret}", **headers},
    )


def test_a_key_gets_in_by_either_header(local: Door) -> None:
    key_id, secret = make(local, roles=[Role.EDITOR])
    expected = {"workspace": "studio", "user": key_id, "roles": ["editor"]}
    assert local.bearer(secret).json() == expected
    assert local.me(x_api_key=secret).json() == expected
    assert local.me(authorization=f"bearer  {secret}").json() == expected


def test_a_key_is_made_shown_once_listed_and_revoked(local: Door) -> None:
    _, owner = make(local)
    made = post(local, owner)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    secret, key_id = made.json()["secret"], made.json()["key_id"]
    assert local.bearer(secret).json()["user"] == key_id
    as_owner = {"authorization": f"Bearer {owner}"}
    listed = local.client.get("/v1/keys", headers=as_owner)
    assert {key["name"] for key in listed.json()["items"]} == {"ci", "build server"}
    assert "secret" not in listed.text
    assert local.client.delete(f"/v1/keys/{key_id}", headers=as_owner).status_code == 204
    assert local.bearer(secret).status_code == 401
    assert local.client.delete(f"/v1/keys/{key_id}", headers=as_owner).status_code == 404


def test_a_key_that_another_process_revokes_is_refused_at_once(local: Door, tmp_path: Path) -> None:
    key_id, secret = make(local)
    assert local.bearer(secret).status_code == 200
    with open_home(tmp_path, clock=local.clock) as other:
        revoke_api_key(key_id, caller=OWNER, stores=other.stores, clock=other.clock)
    assert local.bearer(secret).status_code == 401


def test_no_secret_is_kept_anywhere(local: Door, tmp_path: Path) -> None:
    _, owner = make(local)
    secret = post(local, owner, **{HEADER: "again"}).json()["secret"]
    random_part = secret.split("_", 3)[3]
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert random_part.encode() not in file.read_bytes(), file.name


def test_a_repeated_request_makes_no_second_key(local: Door) -> None:
    _, owner = make(local)
    assert post(local, owner, **{HEADER: "again"}).status_code == 201
    repeated = post(local, owner, **{HEADER: "again"})
    assert repeated.status_code == 409
    assert repeated.json()["remedy"]
    as_owner = {"authorization": f"Bearer {owner}"}
    assert len(local.client.get("/v1/keys", headers=as_owner).json()["items"]) == 2


def test_only_owners_have_to_do_with_keys(local: Door) -> None:
    roles = [Role.EDITOR, Role.APPROVER, Role.VIEWER]
    key_id, secret = make(local, roles=roles)
    bearer = {"authorization": f"Bearer {secret}"}
    assert post(local, secret).status_code == 403
    assert local.client.get("/v1/keys", headers=bearer).status_code == 403
    assert local.client.delete(f"/v1/keys/{key_id}", headers=bearer).status_code == 403
    assert local.bearer(secret).status_code == 200


def test_an_expired_key_is_refused(local: Door) -> None:
    _, secret = make(local, life=DAY)
    local.clock.advance(DAY * 0.99)
    assert local.bearer(secret).status_code == 200
    local.clock.advance(DAY)
    assert local.bearer(secret).status_code == 401


def test_a_key_opens_its_own_workspace_only(local: Door) -> None:
    rival = Principal("rival", "eve", frozenset({Role.OWNER}))
    ours, secret = make(local)
    theirs, their_secret = make(local, caller=rival)
    assert local.bearer(secret.replace("aql_studio", "aql_rival")).status_code == 401
    _, _, _, random_part = their_secret.split("_", 3)
    mixed = f"aql_studio_{ours.removeprefix('key_')}_{random_part}"
    assert local.bearer(mixed).status_code == 401
    as_rival = {"authorization": f"Bearer {their_secret}"}
    found = local.client.get("/v1/keys", headers=as_rival).json()["items"]
    assert [key["key_id"] for key in found] == [theirs]
    assert local.client.delete(f"/v1/keys/{ours}", headers=as_rival).status_code == 404
    assert local.bearer(secret).status_code == 200


def nearly(secret: str) -> list[str]:
    """What is no key, though it looks like one."""
    tail = "x" * 43
    return [
        secret[:-1],
        f"{secret}A",
        secret.swapcase(),
        secret[: -len(tail)],
        secret.replace("aql_", "aql__"),
        "aql_",
        "aql_studio",
        f"aql_studio_key_{tail}",
        f"aql_../studio_aaaaaaaaaa_{tail}",
        "aql_" + "x" * 5_000,
    ]


def test_what_is_nearly_a_key_is_none(local: Door) -> None:
    _, secret = make(local)
    for forged in nearly(secret):
        answer = local.bearer(forged)
        assert answer.status_code == 401, forged
        assert "studio" not in answer.text


def test_a_record_of_another_kind_is_no_key(local: Door) -> None:
    """Whoever can have a record of theirs made does not get a key by it."""
    _, secret = make(local)
    doors = local.services.stores.doors
    kept = doors.page("studio", RecordKind.API_KEY, now=local.clock.now()).items[0]
    assert secret not in str(kept)
    assert local.me(authorization=f"Bearer {kept.document['hash']}").status_code == 401


def test_without_an_issuer_no_token_is_taken(local: Door) -> None:
    answer = local.bearer("eyJhbGciOiJub25lIn0.e30.")
    assert answer.status_code == 401
    assert "API key" in answer.json()["detail"]


def test_a_bad_request_says_where(local: Door) -> None:
    _, owner = make(local)
    bad: dict[str, dict[str, Any]] = {
        "body.name": {"name": "", "roles": ["editor"]},
        "body.roles": {"name": "x", "roles": []},
        "body.roles.0": {"name": "x", "roles": ["king"]},
        "body.expires_in_days": {"name": "x", "roles": ["editor"], "expires_in_days": 0},
        "body.workspace": {"name": "x", "roles": ["editor"], "workspace": "rival"},
    }
    for where, body in bad.items():
        answer = local.client.post("/v1/keys", json=body, headers={"x-api-key": owner})
        assert answer.status_code == 422
        assert [error["where"] for error in answer.json()["errors"]] == [where]
