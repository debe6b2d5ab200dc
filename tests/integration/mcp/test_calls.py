"""Calls that fail, come twice, come together, or are given up."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult

from assetql.domain.identity import Principal, Role
from assetql.services import Services
from integrations.mcp.calls import IDEMPOTENCY_KEY
from integrations.mcp.server import create_mcp
from tests.integration.mcp.conftest import Served
from tests.support.homes import OWNER, draft
from tests.support.studios import reference

SWORD = {"items": [{"name": "sword"}]}


def text_of(result: CallToolResult) -> str:
    [block] = result.content
    assert block.type == "text"
    return block.text


async def drafted(client: Client, key: str | None, **arguments: Any) -> str:
    meta: Any = {IDEMPOTENCY_KEY: key} if key else None
    result = await client.call_tool("create_batch", arguments or SWORD, meta=meta)
    assert result.structured_content
    return result.structured_content["batch_id"]


async def test_a_call_made_again_by_its_key_acts_once(served: Served) -> None:
    bo = Principal("studio", "bo", frozenset({Role.EDITOR}))
    async with served.client() as client, served.client() as again, served.client(bo) as other:
        first = await drafted(client, "k1")

        assert await drafted(again, "k1") == first
        assert await drafted(client, "k1", items=[{"name": "bow"}]) != first
        assert await drafted(other, "k1") != first
        assert await drafted(client, None) != await drafted(client, None)


async def test_errors_say_what_and_what_to_do(served: Served) -> None:
    batch = draft(served.services, "sword")
    async with served.client() as client:
        nowhere = await client.call_tool("batch_status", {"batch": "bat_nowhere"})
        unnamed = await client.call_tool("cancel_batch", {})
        wrong = await client.call_tool("export", {"presets": ["unitty"], "batch": batch.batch_id})
        missing = await client.call_tool("set_style", {"name": "x"})
        many = await client.call_tool("create_batch", {"items": [{"name": "x"}] * 501})
        garbled = await client.call_tool("upload", {"filename": "a.png", "content": "%%"})
        letters = base64.b64encode(b"no image").decode()
        no_image = await client.call_tool("upload", {"filename": "a.png", "content": letters})
        unknown = await client.call_tool("format_disk", {})

    results = [nowhere, unnamed, wrong, missing, many, garbled, no_image, unknown]
    assert all(result.is_error for result in results)
    assert text_of(nowhere) == "No batch 'bat_nowhere'. List batches to see which there are."
    assert text_of(unnamed).startswith("Which batch?")
    assert "'unity'" in text_of(wrong)
    assert "uploads" in text_of(missing)
    assert "500" in text_of(many)
    assert "base64" in text_of(garbled)
    assert "a.png" in text_of(no_image)
    assert len(text_of(many)) < 2_000
    assert served.services.stores.batches.page("studio").items[0].cancelled_at is None


class BrokenEmbedder:
    """A model whose client has a bug."""

    name = "broken"

    def embed(self, image: object) -> object:
        raise ZeroDivisionError("secret detail")


def no_link(_: object, package: object) -> str:
    raise AssertionError(package)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_a_crash_is_told_without_its_details(services: Services, mode: str) -> None:
    broken: Any = BrokenEmbedder()
    server = create_mcp(replace(services, embedder=broken), lambda _: OWNER, no_link)
    async with Client(server, mode=mode) as client:
        png = base64.b64encode(reference()).decode()
        kept: Any = await client.call_tool("upload", {"filename": "a.png", "content": png})
        upload_id = kept.structured_content["upload_id"]
        result = await client.call_tool("set_style", {"name": "x", "uploads": [upload_id]})

    assert result.is_error
    assert text_of(result) == "Error executing tool set_style"


def crash(_: object) -> Principal:
    raise ZeroDivisionError("secret detail")


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_no_way_of_asking_tells_a_crash(services: Services, mode: str) -> None:
    async with Client(create_mcp(services, crash, no_link), mode=mode) as client:
        assert text_of(await client.call_tool("list_styles")) == "Error executing tool list_styles"
        with pytest.raises(MCPError, match="Error listing resources"):
            await client.list_resources()
        with pytest.raises(
            MCPError, match=r"^Error creating resource from template assetql:[^ ]*$"
        ):
            await client.read_resource("assetql://styles/x")


async def test_calls_at_once_are_each_answered(served: Served) -> None:
    found: list[str] = []
    async with served.client() as client, anyio.create_task_group() as tasks:

        async def one() -> None:
            found.append(await drafted(client, None))

        for _ in range(12):
            tasks.start_soon(one)

    assert len(set(found)) == 12
    assert len(served.services.stores.batches.page("studio").items) == 12


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_a_call_that_is_given_up_ends(
    served: Served, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "integrations.mcp.calls")
    batch = draft(served.services, "sword")
    async with served.client(mode=mode) as client:
        with anyio.CancelScope() as scope:

            async def progress(*_: object) -> None:
                scope.cancel()

            await client.call_tool(
                "wait_for_batch",
                {"batch": batch.batch_id, "seconds": 600},
                progress_callback=progress,
            )
        assert scope.cancelled_caught
        if mode == "auto":  # before 2026 a cancellation is a message, which no session is left for
            await until(lambda: "tool.called" in caplog.text)
        assert not (await client.call_tool("quote", {"images": 1})).is_error
    await until(lambda: caplog.text.count("tool.called") == 2)


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.01)
