"""Our ids, disguised in every way that a client can think of, asked for by another workspace."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.resources.test_route_tenancy import attacks, told_of
from tests.support.studios import Studio

DISGUISES: tuple[Callable[[str, str], str], ...] = (
    lambda our_id, _: our_id,
    lambda our_id, _: our_id.upper(),
    lambda our_id, _: f" {our_id} ",
    lambda our_id, _: f"{our_id}\u200b",
    lambda our_id, _: f"{our_id}%00",
    lambda our_id, workspace: f"{workspace}/{our_id}",
    lambda our_id, workspace: f"../{workspace}/{our_id}",
    lambda our_id, workspace: f"{workspace}#{our_id}",
    lambda our_id, workspace: f'["{workspace}", "{our_id}"]',
    lambda our_id, workspace: f"{our_id}?workspace={workspace}",
    lambda our_id, _: f"{our_id},{our_id}",
    lambda our_id, _: quote(our_id, safe=""),
    lambda our_id, _: quote(quote(our_id)),
    lambda our_id, _: "".join(f"%{ord(character):02x}" for character in our_id),
)
HEADERS = ("X-Workspace", "X-Assetql-Workspace", "X-Forwarded-User", "X-Tenant-Id")


@pytest.mark.usefixtures("nothing_of_ours_changes")
def test_no_disguise_of_an_id_finds_it(
    address: str, their_client: httpx.Client, ours: Studio
) -> None:
    requests = list(attacks(address, ours))
    workspace = ours.caller.workspace

    @settings(
        max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(
        request=st.sampled_from(requests),
        disguise=st.sampled_from(DISGUISES),
        escaped=st.booleans(),
        header=st.sampled_from(HEADERS),
        noise=st.text(max_size=3),
    )
    def ask(
        request: tuple[str, str, dict[str, Any]],
        disguise: Callable[[str, str], str],
        escaped: bool,
        header: str,
        noise: str,
    ) -> None:
        verb, path, rest = request
        for our_id in (each for each in ours.ids if each in path):
            shown = disguise(our_id, workspace) + noise
            path = path.replace(our_id, quote(shown, safe="") if escaped else quote(shown, "/%?#"))
        sent: Any = {"headers": {header: workspace}, **rest}
        response = their_client.request(verb, path, **sent)
        assert response.status_code < 500
        assert not told_of(ours, response, path, unquote(unquote(path)), sent)

    ask()
