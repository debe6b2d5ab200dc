"""No tool and no resource reaches another workspace: the answer is "not found"."""

from collections.abc import Callable
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from assetql.domain.identity import Principal, Role
from tests.integration.mcp.conftest import Served
from tests.support.studios import Studio, open_studios
from tests.support.tool_attacks import TOOL_CALLS

HOME = {"list_styles", "upload"}  # they take no reference to anything
RESOURCES: dict[str, Callable[[Studio], str]] = {
    "assetql://assets/{asset_id}": lambda ours: f"assetql://assets/{ours.asset_id}",
    "assetql://assets/{asset_id}/thumbnail": lambda ours: (
        f"assetql://assets/{ours.asset_id}/thumbnail"
    ),
    "assetql://styles/{style_id}": lambda ours: f"assetql://styles/{ours.style_id}",
    "assetql://batches/{batch_id}": lambda ours: f"assetql://batches/{ours.done.batch_id}",
    "assetql://exports/{export_id}": lambda ours: f"assetql://exports/{ours.package.export_id}",
}


def waits(ours: Studio) -> list[dict[str, Any]]:
    return [{"batch": ours.done.batch_id}]


async def test_every_tool_and_resource_says_not_found_to_the_other_workspace(
    served: Served,
) -> None:
    ours, theirs = open_studios(served.services, served.clock, "studio", "rival")
    calls = TOOL_CALLS | {"wait_for_batch": waits}
    account = served.services.stores.ledger.account("studio")

    async with served.client(theirs.caller) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == calls.keys() | HOME
        for tool, attacks in calls.items():
            for arguments in attacks(ours):
                result = await client.call_tool(tool, arguments)
                assert result.is_error, (tool, arguments)
                assert (result.meta or {})["assetql/code"] == "not_found", (tool, arguments)

        templates = {
            str(t.uri_template) for t in (await client.list_resource_templates()).resource_templates
        }
        assert templates == RESOURCES.keys()
        for uri_of in RESOURCES.values():
            with pytest.raises(MCPError, match=r"^No "):
                await client.read_resource(uri_of(ours))
            await client.read_resource(uri_of(theirs))
        listed = " ".join(str(each) for each in (await client.list_resources()).resources)

    assert theirs.asset_id in listed
    assert not [secret for secret in ours.ids if secret in listed]
    assert served.services.stores.ledger.account("studio") == account


async def test_a_viewer_reads_and_changes_nothing(served: Served) -> None:
    [ours] = open_studios(served.services, served.clock, "studio")
    viewer = Principal("studio", "vi", frozenset({Role.VIEWER}))
    async with served.client(viewer) as client:
        found = await client.call_tool("search", {})
        assert not found.is_error
        for tool in ("create_batch", "generate", "cancel_batch", "edit_tags", "make_variations"):
            arguments = TOOL_CALLS[tool](ours)[0]
            if tool == "create_batch":
                arguments = {"items": [{"name": "Fork"}]}
            refused = await client.call_tool(tool, arguments)
            assert (refused.meta or {}).get("assetql/code") == "forbidden", tool
