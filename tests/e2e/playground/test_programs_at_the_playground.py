"""The page's one endpoint for programs, by Gradio's own client; and two workspaces side by side."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from tests.e2e.conftest import Cli, references
from tests.e2e.playground.browser import Doors


def key_of(home: Cli, workspace: str) -> dict[str, str]:
    """The header by which a program of this workspace is known."""
    secret = home.json("key", "create", workspace, ASSETQL_WORKSPACE=workspace)["secret"]
    return {"Authorization": f"Bearer {secret}"}


def client_of(doors: Doors, headers: dict[str, str]) -> Client:
    """Gradio's client on the playground."""
    return Client(f"{doors.url}/ui/", headers=headers, verbose=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def studio(home: Cli) -> dict[str, str]:
    """A workspace that has a style."""
    home.json("style", "set", "Meadow", *references("noto", 3), ASSETQL_WORKSPACE="studio")
    return key_of(home, "studio")


def test_a_program_says_something_and_gets_the_answer(doors: Doors, studio: dict[str, str]) -> None:
    client = client_of(doors, studio)
    endpoints: Any = client.view_api(return_format="dict")
    assert list(endpoints["named_endpoints"]) == ["/chat"]
    answer, thread = client.predict("What styles do we have?", "", api_name="/chat")
    assert "style" in answer
    assert thread.startswith("web-")
    _, again = client.predict("How much are 12 potions?", thread, api_name="/chat")
    assert again == thread


def test_two_workspaces_see_nothing_of_each_other(
    doors: Doors, home: Cli, studio: dict[str, str]
) -> None:
    other = key_of(home, "other")
    style = home.json("style", "list", ASSETQL_WORKSPACE="studio")[0]["style_id"]
    reference = f"{doors.url}/ui/media/references/{style}/0"
    assert httpx.get(reference, headers=studio).headers["content-type"] == "image/png"
    assert httpx.get(reference, headers=other).status_code == 404
    assert httpx.get(reference).status_code == 401
    theirs, thread = client_of(doors, studio).predict("List our styles", "", api_name="/chat")
    ours, _ = client_of(doors, other).predict("List our styles", thread, api_name="/chat")
    assert theirs != ours
    assert "no style" in ours


@pytest.fixture(scope="module")
def stranger(home: Cli) -> dict[str, str]:
    """A workspace that guesses the session of another's browser."""
    return key_of(home, "another")


GUESSED = {"session_hash": "guessed", "fn_index": 0, "event_id": "any", "data": []}


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "queue/data?session_hash=guessed", ""),
        ("GET", "queue/data?session_hash=mine&session_hash=guessed", ""),
        ("GET", "heartbeat/guessed", ""),
        ("GET", "call/chat/guessed", ""),
        ("POST", "queue/join", "application/json"),
        ("POST", "queue/join", "application/JSON"),
        ("POST", "queue/join?session_hash=mine", "application/json"),
        ("POST", "run/predict?session_hash=mine", "application/json"),
        ("POST", "call/chat?session_hash=mine", "application/json"),
        ("POST", "cancel", "application/json"),
    ],
)
def test_a_session_of_the_browser_is_its_owners(
    doors: Doors,
    studio: dict[str, str],
    stranger: dict[str, str],
    method: str,
    path: str,
    kind: str,
) -> None:
    api = f"{doors.url}/ui/gradio_api"
    assert httpx.post(f"{api}/cancel", json=GUESSED, headers=studio).status_code == 200
    headers = {**stranger, "content-type": kind}
    body = json.dumps(GUESSED) if method == "POST" else None
    with httpx.stream(method, f"{api}/{path}", content=body, headers=headers) as answer:
        assert answer.status_code == 401


def test_pages_of_other_origins_read_nothing(doors: Doors, studio: dict[str, str]) -> None:
    headers = {**studio, "Origin": "http://localhost:3000"}
    answer = httpx.get(f"{doors.url}/ui/config", headers=headers)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_what_a_browser_sends_lies_where_its_owner_alone_can_read(
    doors: Doors, home: Cli, studio: dict[str, str]
) -> None:
    files = {"files": ("list.csv", b"name\npotion\n")}
    (kept,) = httpx.post(f"{doors.url}/ui/gradio_api/upload", files=files, headers=studio).json()
    assert Path(kept).is_relative_to(home.home)
    assert home.home.stat().st_mode & 0o077 == 0
    assert (home.home / "browser").stat().st_mode & 0o077 == 0


def test_a_file_of_the_server_is_none_that_a_browser_sent(
    doors: Doors, studio: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "list.csv"
    kept.write_text("name\nsecret\n", encoding="utf-8")
    events = httpx.get(f"{doors.url}/ui/config", headers=studio).json()["dependencies"]
    (take,) = (event["id"] for event in events if event["api_name"] == "take")

    def taken(path: object) -> int:
        file = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
        data = [{"text": "Draft a batch", "files": [file]}]
        body = {"fn_index": take, "session_hash": "studios", "data": data}
        address = f"{doors.url}/ui/gradio_api/run/predict"
        return httpx.post(address, json=body, headers=studio).status_code

    with kept.open("rb") as file:
        address = f"{doors.url}/ui/gradio_api/upload"
        (sent,) = httpx.post(address, files={"files": file}, headers=studio).json()
    assert taken(sent) == 200
    assert taken(kept) == 500
    assert taken("http://127.0.0.1:1/list.csv") == 403


def test_an_event_of_many_values_is_refused(doors: Doors, studio: dict[str, str]) -> None:
    body = {"fn_index": 0, "session_hash": "studios", "data": [1] * 30_000}
    address = f"{doors.url}/ui/gradio_api/run/predict"
    assert httpx.post(address, json=body, headers=studio).status_code == 413


@pytest.mark.parametrize(
    "path",
    ["gradio_api/file=http://127.0.0.1:1/", "gradio_api/proxy=http://127.0.0.1:1/", "monitoring"],
)
def test_the_page_fetches_nothing_for_anybody(
    doors: Doors, studio: dict[str, str], path: str
) -> None:
    assert httpx.get(f"{doors.url}/ui/{path}", headers=studio).status_code == 404


def test_who_is_not_logged_in_is_sent_to_the_login(doors: Doors) -> None:
    answer = httpx.get(f"{doors.url}/ui/?thread=web-1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fui%2F%3Fthread%3Dweb-1"
    assert httpx.get(f"{doors.url}/ui/config").status_code == 401


def test_the_page_names_no_other_site_and_forbids_them(
    doors: Doors, studio: dict[str, str]
) -> None:
    page = httpx.get(f"{doors.url}/ui/", headers=studio)
    assert "default-src 'self'" in page.headers["content-security-policy"]
    head = page.text.partition("window.gradio_config")[0]
    assert "http" not in head
