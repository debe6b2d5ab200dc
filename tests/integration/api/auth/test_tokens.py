"""Bearer tokens: which are taken, and every one that must not be."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt

from integrations.api.auth.issuer import FRESH, PAUSE, STALE
from tests.integration.api.auth.conftest import Door, Open, of_issuer
from tests.support.oidc_provider import CLIENT, Provider, public_pem

Forge = Callable[[Provider], str]


def _part(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _unsigned(issuer: Provider, alg: str) -> str:
    return f"{_part({'alg': alg, 'kid': 'one'})}.{_part(issuer.claims())}."


def _by_public_key(issuer: Provider) -> str:
    """HS256 with the public key as the secret, which a careless verifier takes."""
    head = _part({"alg": "HS256", "kid": "one", "typ": "JWT"})
    signed = f"{head}.{_part(issuer.claims())}"
    hs256 = jwt.get_algorithm_by_name("HS256")
    raw: Any = public_pem("one")  # pyjwt itself refuses to prepare such a key
    return f"{signed}.{urlsafe_b64encode(hs256.sign(signed.encode(), raw)).decode().rstrip('=')}"


def claiming(**changes: Any) -> Forge:
    return lambda issuer: issuer.token(**changes)


def _cut(issuer: Provider) -> str:
    return issuer.token()[:-3]


def _other_claims(issuer: Provider) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{_part(issuer.claims(**{'custom:workspace': 'rival'}))}.{signature}"


NOW = int(time.time())
REFUSED: dict[str, Forge] = {
    "alg none": lambda issuer: _unsigned(issuer, "none"),
    "alg NoNe": lambda issuer: _unsigned(issuer, "NoNe"),
    "HS256 with the public key": _by_public_key,
    "another key": lambda issuer: issuer.token(signer="attacker"),
    "without a kid": lambda issuer: issuer.token(kid=None),
    "a kid that is a path": lambda issuer: issuer.token(kid="../../one"),
    "the claims of another token": _other_claims,
    "wrong issuer": claiming(iss="https://elsewhere.example"),
    "issuer with a slash more": lambda issuer: issuer.token(iss=f"{issuer.url}/"),
    "wrong client": claiming(client_id="another"),
    "no client": claiming(client_id=None),
    "the client in aud only": claiming(client_id=None, aud=CLIENT),
    "an id token": claiming(token_use="id", aud=CLIENT),
    "no token_use": claiming(token_use=None),
    "expired": claiming(exp=NOW - 120),
    "not yet": claiming(nbf=NOW + 3600),
    "of the future": claiming(iat=NOW + 3600),
    "without an end": claiming(exp=None),
    "without a subject": claiming(sub=None),
    "an end that is no number": claiming(exp="soon"),
    "cut off": _cut,
    "garbage": lambda _: "garbage",
    "dots": lambda _: "...",
    "no JSON": lambda _: "e30.bm9uc2Vuc2U.e30",
    "a mile long": lambda _: "x" * 20_000,
}


def test_every_forgery_is_refused(door: Door, issuer: Provider) -> None:
    assert door.bearer(issuer.token()).status_code == 200
    for name, forge in REFUSED.items():
        answer = door.bearer(forge(issuer))
        assert answer.status_code == 401, name
        assert answer.json()["code"] == "unauthenticated", name
        assert answer.headers["www-authenticate"] == "Bearer", name


def test_the_claims_say_who_asks(door: Door, issuer: Provider) -> None:
    answer = door.bearer(issuer.token())
    assert answer.json() == {"workspace": "studio", "user": "ana", "roles": ["editor"]}
    nameless = door.bearer(issuer.token(username=None)).json()
    assert nameless["user"] == "1c2d"
    strange = door.bearer(issuer.token(username="a\nb")).json()
    assert strange["user"] == "1c2d"
    for anothers in ("slack:T1:U1", "key_k3v9q2m7xd"):
        assert door.bearer(issuer.token(username=anothers)).json()["user"] == "1c2d"


NOBODYS: list[dict[str, Any]] = [
    {"custom:workspace": None},
    {"custom:workspace": "../rival"},
    {"custom:workspace": "Studio"},
    {"custom:workspace": "studio\n"},
    {"custom:workspace": ["studio"]},
    {"cognito:groups": None},
    {"cognito:groups": []},
    {"cognito:groups": ["Owner", "admin"]},
    {"cognito:groups": [["owner"]]},
    {"cognito:groups": {"owner": True}},
]


def test_who_has_no_workspace_or_role_is_let_in_nowhere(door: Door, issuer: Provider) -> None:
    for changes in NOBODYS:
        answer = door.bearer(issuer.token(**changes))
        assert answer.status_code == 403, changes
        assert answer.json()["remedy"]


def test_clocks_may_differ_a_little(door: Door, issuer: Provider) -> None:
    now = int(time.time())
    assert door.bearer(issuer.token(exp=now - 5)).status_code == 200
    assert door.bearer(issuer.token(iat=now + 5, nbf=now + 5)).status_code == 200


def test_id_tokens_where_the_settings_say_so(open_door: Open, issuer: Provider) -> None:
    door = open_door(**of_issuer(issuer), token_use="id")
    of_id: dict[str, Any] = {"token_use": "id", "client_id": None, "username": None}
    named = {"aud": CLIENT, "cognito:username": "ana"}
    assert door.bearer(issuer.token(**of_id, **named)).json()["user"] == "ana"
    assert door.bearer(issuer.token(**of_id)).status_code == 401  # no aud
    assert door.bearer(issuer.token(**of_id, aud="another")).status_code == 401
    assert door.bearer(issuer.token(aud=CLIENT)).status_code == 401  # an access token


def test_a_rotated_key_is_taken(door: Door, issuer: Provider) -> None:
    assert door.bearer(issuer.token()).status_code == 200
    issuer.published = ["two"]
    rotated = issuer.token(kid="two", signer="two")
    assert door.bearer(rotated).status_code == 401  # it was looked just now
    door.clock.advance(PAUSE)
    assert door.bearer(rotated).status_code == 200
    assert door.bearer(issuer.token()).status_code == 401  # the old key is withdrawn
    assert issuer.fetches == 2


def test_a_flood_of_unknown_keys_is_one_fetch_per_pause(door: Door, issuer: Provider) -> None:
    door.bearer(issuer.token())
    door.clock.advance(PAUSE)
    floods = [issuer.token(kid=f"unknown-{n}") for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(door.bearer, floods))
    assert {answer.status_code for answer in answers} == {401}
    assert issuer.fetches == 2
    assert door.bearer(issuer.token()).status_code == 200


def test_first_requests_at_once_fetch_once(door: Door, issuer: Provider) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(door.bearer, [issuer.token()] * 16))
    assert {answer.status_code for answer in answers} == {200}
    assert issuer.fetches == 1


def test_an_unreachable_issuer_is_survived_for_a_day(door: Door, issuer: Provider) -> None:
    assert door.bearer(issuer.token()).status_code == 200
    issuer.up = False
    door.clock.advance(FRESH)
    assert door.bearer(issuer.token()).status_code == 200
    door.clock.advance(STALE - FRESH)
    answer = door.bearer(issuer.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    issuer.up = True
    door.clock.advance(PAUSE)
    assert door.bearer(issuer.token()).status_code == 200


def test_an_issuer_that_was_never_reached_lets_nobody_in(door: Door, issuer: Provider) -> None:
    issuer.up = False
    assert door.bearer(issuer.token()).status_code == 503
    assert door.client.get("/healthz").status_code == 200
    issuer.up = True
    door.clock.advance(timedelta(seconds=1))
    assert door.bearer(issuer.token()).status_code == 503  # not asked again at once
    door.clock.advance(PAUSE)
    assert door.bearer(issuer.token()).status_code == 200


def test_nothing_else_in_a_request_says_who_asks(door: Door, issuer: Provider) -> None:
    claims = {
        "x-user": "eve",
        "x-workspace": "rival",
        "x-forwarded-user": "eve",
        "x-amzn-oidc-identity": "eve",
        "principal": "eve",
        "cookie": "principal=eve; workspace=rival; assetql_session=eve",
    }
    assert door.client.get("/me?workspace=rival&user=eve", headers=claims).status_code == 401
    token = {"authorization": f"Bearer {issuer.token()}"}
    answer = door.client.get("/me?workspace=rival", headers={**claims, **token})
    assert answer.json() == {"workspace": "studio", "user": "ana", "roles": ["editor"]}


def test_two_credentials_are_none(door: Door, issuer: Provider) -> None:
    bearer = ("authorization", f"Bearer {issuer.token()}")
    for second in (bearer, ("authorization", "Bearer x"), ("x-api-key", "aql_studio_x_y")):
        answer = door.client.get("/me", headers=[bearer, second])
        assert answer.status_code == 401, second
    others = door.client.get("/me", headers=[bearer, ("x-api-key", "lsv2_of_langsmith")])
    assert others.status_code == 200
    for scheme in ("Basic YW5hOng=", "Bearer", issuer.token()):
        assert door.me(authorization=scheme).status_code == 401, scheme
