"""Cursors and links: of no use to another workspace, with a bit changed, or too late."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetql.services import Services
from integrations.api.signing import Signer
from tests.contract.values import ManualClock
from tests.support.api import answer
from tests.support.studios import Studio

LISTS = ("/v1/batches", "/v1/assets", "/v1/batches/{batch}/assets", "/v1/batches/{batch}/tasks")
FUZZ = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def first_cursor(client: httpx.Client, path: str) -> str:
    page: Any = answer(client.get(path, params={"limit": 1}))
    assert page["cursor"]
    return page["cursor"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_goes_on_in_its_own_list_only(
    our_client: httpx.Client, their_client: httpx.Client, ours: Studio, theirs: Studio, path: str
) -> None:
    here = path.format(batch=ours.done.batch_id)
    there = path.format(batch=theirs.done.batch_id)
    cursor = first_cursor(our_client, here)
    params = {"limit": 1, "cursor": cursor}
    first: Any = answer(our_client.get(here, params={"limit": 1}))
    second: Any = answer(our_client.get(here, params=params))
    assert first != second
    elsewhere = f"/v1/batches/{ours.draft.batch_id}/tasks"
    for client, where in ((their_client, there), (our_client, elsewhere)):
        refused = client.get(where, params=params)
        assert refused.status_code == 422, refused.text
        assert ours.done.batch_id not in refused.text.replace(where, "")


@FUZZ
@given(data=st.data())
def test_no_other_text_is_a_cursor(our_client: httpx.Client, data: st.DataObject) -> None:
    cursor = first_cursor(our_client, "/v1/batches")
    changed = data.draw(st.one_of(flips(cursor), st.text(max_size=80)))
    response = our_client.get("/v1/batches", params={"cursor": changed})
    assert response.status_code == 422 or changed == cursor, (changed, response.text)


def flips(text: str) -> st.SearchStrategy[str]:
    """The text with one bit of one character changed."""
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(0, 6))
    return places.map(
        lambda at: f"{text[: at[0]]}{chr(ord(text[at[0]]) ^ 1 << at[1])}{text[at[0] + 1 :]}"
    )


@pytest.fixture
def link(our_client: httpx.Client, ours: Studio) -> str:
    made: Any = answer(our_client.post(f"/v1/exports/{ours.package.export_id}/link"))
    return made["url"]


def test_a_link_works_for_anybody_until_it_expires(link: str, services: Services) -> None:
    got = httpx.get(link, timeout=60)
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    clock = services.clock
    assert isinstance(clock, ManualClock)
    clock.advance(services.terms.link - timedelta(seconds=2))
    assert httpx.get(link, timeout=60).status_code == 200
    clock.advance(timedelta(seconds=2))
    assert httpx.get(link, timeout=60).status_code == 404


@FUZZ
@given(data=st.data())
def test_a_changed_link_leads_nowhere(link: str, data: st.DataObject) -> None:
    base, _, token = link.rpartition("/")
    changed = data.draw(flips(token).filter(lambda text: text.isprintable()))
    for response in (
        httpx.get(f"{base}/{httpx.QueryParams({'t': changed})['t']}"),
        httpx.post(f"{base}/{token}", files={"file": b"stolen"}),  # a link to read is no slot
    ):
        assert response.status_code in {404, 405, 422}, response.text
        assert "PK" not in response.text


def test_a_link_of_another_secret_leads_nowhere(link: str, ours: Studio) -> None:
    base = link.rpartition("/")[0]
    until = 4_000_000_000
    document = [until, "download", ours.package.key, "all.zip"]
    for forged in (Signer(b"x" * 32, "file"), Signer(b"", "file")):
        assert httpx.get(f"{base}/{forged.sign(document)}").status_code == 404


def test_a_cursor_is_no_link(our_client: httpx.Client, link: str) -> None:
    base = link.rpartition("/")[0]
    cursor = first_cursor(our_client, "/v1/batches")
    assert httpx.get(f"{base}/{cursor}").status_code == 404
