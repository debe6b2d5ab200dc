"""People in browsers: the issuer's login, the laptop's link, sessions, and pages of other sites."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assetql.domain.door_record import RecordKind
from integrations.api.auth.sessions import LIFE
from tests.integration.api.auth.conftest import Door, Open, browser, of_issuer
from tests.support.oidc_provider import Provider

COOKIE = "assetql_session"
OURS = {"sec-fetch-site": "same-origin"}


def log_in(door: Door, path: str = "/login") -> httpx.Response:
    """Follows the redirects as a browser does, up to the page after the login."""
    response = door.client.get(path)
    while response.has_redirect_location and "/ui" not in response.headers["location"]:
        response = door.client.get(response.headers["location"])
    return response


def local_login(door: Door) -> httpx.Response:
    return door.client.get(door.access.path)


@pytest.fixture
def laptop(open_door: Open) -> Door:
    """A door without an issuer."""
    return open_door()


def test_a_login_ends_in_the_playground(door: Door) -> None:
    response = log_in(door)
    assert (response.status_code, response.headers["location"]) == (303, "/ui")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert door.me().json() == {"workspace": "studio", "user": "ana", "roles": ["owner"]}


def test_a_login_asks_with_a_challenge_a_state_and_a_nonce(door: Door) -> None:
    first, second = (
        parse_qs(urlsplit(door.client.get("/login").headers["location"]).query) for _ in range(2)
    )
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 32
        assert first[name] != second[name]


def test_a_session_cookie_is_for_https_where_the_address_is(
    open_door: Open, issuer: Provider
) -> None:
    door = open_door(**of_issuer(issuer), public_url="https://assets.example")
    response = door.client.get("/login")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Secure-")
    assert "Secure" in cookie.split("; ")
    sent_back = parse_qs(urlsplit(response.headers["location"]).query)["redirect_uri"]
    assert sent_back == ["https://assets.example/auth/callback"]
    assert "max-age" in response.headers["strict-transport-security"]


LANDINGS = {
    "/ui?thread=one": "/ui?thread=one",
    "/ui/": "/ui/",
    "https://evil.example/ui": "/ui",
    "//evil.example/ui": "/ui",
    "/\\evil.example/ui": "/ui",
    "/ui\\@evil.example": "/ui",
    "/ui@evil.example": "/ui",
    "/uievil.example": "/ui",
    "/ui?\r\nset-cookie: a=b": "/ui",
    "javascript:alert(1)": "/ui",
    "": "/ui",
}


def test_a_login_leads_nowhere_else(door: Door, laptop: Door) -> None:
    token = parse_qs(urlsplit(laptop.access.path).query)["token"][0]
    for wanted, reached in LANDINGS.items():
        response = door.client.get("/login", params={"next": wanted})
        response = door.client.get(response.headers["location"])
        response = door.client.get(response.headers["location"])
        assert response.headers["location"] == reached
        local = laptop.client.get("/login", params={"token": token, "next": wanted})
        assert local.headers["location"] == reached


def callback_of(door: Door) -> str:
    """The address that the issuer sends the browser back to."""
    asked = door.client.get("/login").headers["location"]
    return door.client.get(asked).headers["location"]


def test_a_callback_with_another_state_is_refused(door: Door) -> None:
    callback = callback_of(door)
    forged = door.client.get(callback.replace("state=", "state=x"))
    assert forged.status_code == 400
    assert COOKIE not in door.client.cookies


def test_a_login_of_another_browser_is_refused(door: Door) -> None:
    """An attacker's callback does not log a victim in as the attacker."""
    callback = callback_of(door)
    with browser() as victim:
        assert victim.get(callback).status_code == 400
        assert not victim.cookies


def test_a_callback_works_once(door: Door) -> None:
    callback = callback_of(door)
    login = dict(door.client.cookies)
    assert door.client.get(callback).status_code == 303
    with browser() as again:
        again.cookies.update(login)
        assert again.get(callback).status_code == 400


def test_a_login_takes_ten_minutes_at_most(door: Door) -> None:
    callback = callback_of(door)
    door.clock.advance(timedelta(minutes=10))
    assert door.client.get(callback).status_code == 400


def test_a_code_that_was_stolen_fails_its_challenge(door: Door, issuer: Provider) -> None:
    stolen = callback_of(door)
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    own = callback_of(door)
    state = parse_qs(urlsplit(own).query)["state"][0]
    response = door.client.get("/auth/callback", params={"code": code, "state": state})
    assert response.status_code == 401
    assert COOKIE not in door.client.cookies
    assert code not in issuer.logins


def test_an_id_token_that_does_not_hold_logs_nobody_in(door: Door, issuer: Provider) -> None:
    refused: list[tuple[dict[str, Any], int]] = [
        ({"nonce": "another"}, 401),
        ({"nonce": None}, 401),
        ({"aud": "another"}, 401),
        ({"iss": "https://elsewhere.example"}, 401),
        ({"token_use": "access"}, 401),
        ({"custom:workspace": None}, 403),
        ({"cognito:groups": None}, 403),
    ]
    for claims, status in refused:
        issuer.of_id_token = claims
        assert log_in(door).status_code == status, claims
        assert COOKIE not in door.client.cookies


def test_a_login_that_was_broken_off_or_can_not_begin(door: Door, issuer: Provider) -> None:
    state = parse_qs(urlsplit(callback_of(door)).query)["state"][0]
    refused = {"error": "access_denied", "error_description": "<script>", "state": state}
    response = door.client.get("/auth/callback", params=refused)
    assert response.status_code == 401
    assert "<script>" not in response.text
    issuer.up = False
    assert door.client.get("/healthz").status_code == 200


def test_a_logout_ends_the_session_and_every_copy_of_its_cookie(door: Door) -> None:
    log_in(door)
    copied = dict(door.client.cookies)
    assert door.me(cookie=f"{COOKIE}={copied[COOKIE]}").status_code == 200
    response = door.client.post("/logout", headers=OURS)
    assert response.status_code == 200
    assert COOKIE not in door.client.cookies
    assert door.me(cookie=f"{COOKIE}={copied[COOKIE]}").status_code == 401


def test_a_session_ends_by_itself(laptop: Door) -> None:
    local_login(laptop)
    laptop.clock.advance(LIFE)
    assert laptop.me().status_code == 401


def test_a_forged_cookie_is_nobody(laptop: Door) -> None:
    local_login(laptop)
    with browser(laptop.client.base_url) as stranger:
        for cookie in ("", "x", "eyJ1c2VyIjoib3duZXIifQ", "a" * 5_000, "ü"):
            headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
            assert stranger.get("/me", headers=headers).status_code == 401
            assert stranger.get("/login", headers=headers).status_code == 401  # no token either
            assert stranger.get("/healthz", headers=headers).status_code == 200


def test_the_key_of_a_session_record_is_no_cookie(laptop: Door) -> None:
    """Whoever reads the store can't get in by what it has."""
    local_login(laptop)
    records = laptop.services.stores.doors.page(
        "http", RecordKind.SESSION, now=laptop.clock.now()
    ).items
    assert records
    with browser(laptop.client.base_url) as thief:
        for record in records:
            for part in (record.key, record.key.partition(":")[2]):
                assert thief.get("/me", headers={"cookie": f"{COOKIE}={part}"}).status_code == 401


OTHERS: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://evil.example", "sec-fetch-site": "cross-site"},
]


def test_other_sites_can_not_use_the_cookie(laptop: Door) -> None:
    local_login(laptop)
    programs: list[dict[str, str]] = [{}]
    for headers in OTHERS + programs:
        assert laptop.client.post("/me", headers=headers).status_code == 403, headers
        assert laptop.client.post("/logout", headers=headers).status_code == 403, headers
        assert laptop.client.get("/logout", headers=headers).status_code == 403, headers
        assert laptop.client.get("/me", headers=headers).status_code == 200


def test_our_own_origin_may(laptop: Door) -> None:
    local_login(laptop)
    origin = str(laptop.client.base_url).rstrip("/")
    ours: list[dict[str, str]] = [{"origin": origin}, OURS, {"sec-fetch-site": "none"}]
    for headers in ours:
        assert laptop.client.post("/me", headers=headers).status_code == 200


def test_the_link_of_the_terminal_logs_the_owner_in(laptop: Door) -> None:
    assert laptop.client.get("/login").status_code == 401
    assert laptop.client.get("/login?token=").status_code == 401
    assert laptop.client.get("/login?token=ключ").status_code == 401
    assert laptop.me().status_code == 401
    response = local_login(laptop)
    assert (response.status_code, response.headers["location"]) == (303, "/ui")
    assert response.headers["cache-control"] == "no-store"
    settings = laptop.services.settings
    assert laptop.me().json() == {
        "workspace": settings.workspace,
        "user": settings.user,
        "roles": ["owner"],
    }


def test_a_restart_keeps_the_session_and_ends_the_link(open_door: Open) -> None:
    before = open_door()
    local_login(before)
    after = open_door()
    assert after.me(cookie=f"{COOKIE}={before.client.cookies[COOKIE]}").status_code == 200
    assert after.client.get(before.access.path).status_code == 401


def test_without_authentication_another_name_is_refused(open_door: Open) -> None:
    door = open_door(no_auth=True)
    assert door.me().json()["user"] == door.services.settings.user
    assert door.me(host="localhost:8700").status_code == 200
    assert door.me(host="[::1]:8700").status_code == 200
    for host in ("evil.example", "evil.example:8700", "127.0.0.1.evil.example", "[::1", "", "a b"):
        assert door.me(host=host).status_code == 403, host


def test_without_authentication_other_sites_change_nothing(open_door: Open) -> None:
    door = open_door(no_auth=True)
    for headers in OTHERS:
        assert door.client.post("/me", headers=headers).status_code == 403, headers
    assert door.client.post("/me", headers=OURS).status_code == 200
    assert door.client.post("/me").status_code == 200  # a program of the owner
