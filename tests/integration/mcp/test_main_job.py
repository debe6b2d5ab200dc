"""The main job as a program does it that speaks MCP."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anyio import create_task_group, to_thread
from mcp import Client
from mcp.types import BlobResourceContents, CallToolResult, ResourceLink, TextResourceContents

import agent.tools.progress
from agent.tools import TOOLS
from assetql.pipeline.approve import answer_approval
from tests.integration.mcp.conftest import Served
from tests.support.driving import drain
from tests.support.homes import OWNER, started
from tests.support.making import scripted, tiny_png

UPLOADS = Path(__file__).parents[3] / "examples" / "chat" / "uploads"


async def facts_of(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def text_of(result: CallToolResult) -> str:
    return " ".join(block.text for block in result.content if block.type == "text")


async def uploaded(client: Client, path: Path) -> str:
    content = base64.b64encode(path.read_bytes()).decode()
    return (await facts_of(client, "upload", filename=path.name, content=content))["upload_id"]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_from_references_to_a_package(
    served: Served, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = served.services
    async with served.client(mode=mode) as client:
        references = [await uploaded(client, UPLOADS / f"ref{n}.png") for n in (1, 2, 3)]
        style = await facts_of(client, "set_style", name="Meadow", uploads=references)
        drafted = await facts_of(
            client, "create_batch", items=[{"name": "sword"}, {"name": "bow"}], style="Meadow"
        )
        batch_id = drafted["batch_id"]

        asked = await client.call_tool("generate", {"batch": batch_id})
        approval: Any = asked.structured_content
        assert approval["status"] == "PENDING"
        assert f"assetql batch start {batch_id}" in text_of(asked)
        assert services.stores.ledger.account("studio").reserved == 0

        answer_approval(
            approval["approval_id"],
            approve=True,
            caller=OWNER,
            stores=services.stores,
            clock=served.clock,
        )
        drain(services, scripted(), served.clock)
        steps: list[tuple[float, float | None]] = []

        async def progress(done: float, total: float | None, _: str | None) -> None:
            steps.append((done, total))

        waited = await client.call_tool(
            "wait_for_batch", {"batch": batch_id}, progress_callback=progress
        )
        assert waited.structured_content
        assert waited.structured_content["status"] == "READY"
        assert steps == [(2, 2)]

        found = await facts_of(client, "search", text="sword")
        [asset] = found["assets"]
        assert asset["style"] == "Meadow"
        monkeypatch.setattr(agent.tools.progress, "PAUSE", 0)
        steps.clear()
        packed = await client.call_tool(
            "export", {"presets": ["unity"], "batch": batch_id}, progress_callback=progress
        )
        assert steps == [(1, 2), (2, 2)]
        [link] = [block for block in packed.content if isinstance(block, ResourceLink)]
        [document] = (await client.read_resource(link.uri)).contents
        [image] = (
            await client.read_resource(f"assetql://assets/{asset['asset_id']}/thumbnail")
        ).contents
        listed = {str(each.uri) for each in (await client.list_resources()).resources}

    assert isinstance(document, TextResourceContents)
    async with httpx2.AsyncClient(timeout=30) as http:
        package = await http.get(json.loads(document.text)["link"])
    names = zipfile.ZipFile(io.BytesIO(package.content)).namelist()
    assert any(name.endswith(".png") for name in names)
    assert isinstance(image, BlobResourceContents)
    assert base64.b64decode(image.blob) == tiny_png()
    assert {
        f"assetql://styles/{style['style_id']}",
        f"assetql://batches/{batch_id}",
        f"assetql://assets/{asset['asset_id']}",
    } <= listed


async def test_progress_is_told_while_a_batch_is_made(served: Served) -> None:
    """Waiting starts before the images are made, and ends by itself."""
    batch = started(served.services, "sword", "bow", "shield")
    steps: list[float] = []
    async with served.client() as client, create_task_group() as tasks:

        async def progress(done: float, _: float | None, __: str | None) -> None:
            steps.append(done)
            if done == 0:
                tasks.start_soon(
                    to_thread.run_sync, drain, served.services, scripted(), served.clock
                )

        waited = await client.call_tool(
            "wait_for_batch", {"batch": batch.batch_id}, progress_callback=progress
        )

        assert waited.structured_content
        assert waited.structured_content["counts"]["READY"] == 3
        assert steps[0] == 0
        assert steps[-1] == 3
        assert steps == sorted(steps)


async def test_each_operation_is_a_tool_that_says_what_it_takes_and_tells(served: Served) -> None:
    async with served.client() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        templates = (await client.list_resource_templates()).resource_templates
        instructions = client.instructions

    assert tools.keys() == {each.name for each in TOOLS} | {"wait_for_batch", "upload"}
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert tool.output_schema
        assert tool.annotations
        assert tool.annotations.open_world_hint is False
        assert not {"call", "context", "caller", "workspace"} & set(tool.input_schema["properties"])
    for reading in ("search", "batch_status", "quote", "list_styles", "wait_for_batch"):
        hints = tools[reading].annotations
        assert hints
        assert hints.read_only_hint
    cancel = tools["cancel_batch"].annotations
    assert cancel
    assert cancel.destructive_hint
    assert "approve" in (instructions or "")
    assert {str(template.uri_template) for template in templates} == {
        "assetql://assets/{asset_id}",
        "assetql://assets/{asset_id}/thumbnail",
        "assetql://styles/{style_id}",
        "assetql://batches/{batch_id}",
        "assetql://exports/{export_id}",
    }
