"""The server that a program on a laptop starts as its child."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from anyio import create_task_group, to_thread
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.contract.values import ManualClock
from tests.support.driving import drain
from tests.support.homes import OWNER, open_home, started
from tests.support.making import scripted
from tests.support.studios import STYLES

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "integrations.cli", "mcp"]


def environment(home: Path) -> dict[str, str]:
    """Of a person of the tests' workspace."""
    settings = {
        "home": str(home),
        "log_level": "INFO",
        "poll_seconds": "0.02",
        "user": OWNER.user,
        "workspace": OWNER.workspace,
    }
    return {f"ASSETQL_{name.upper()}": value for name, value in settings.items()}


async def test_a_child_uploads_files_by_their_paths_and_waits_for_images(tmp_path: Path) -> None:
    reference = STYLES / "noto" / "bacon.png"
    clock = ManualClock()
    with open_home(tmp_path, clock=clock) as services:
        batch = started(services, "sword", "bow")
        server = StdioServerParameters(
            command=COMMAND[0], args=COMMAND[1:], cwd=ROOT, env=environment(tmp_path)
        )
        steps: list[float] = []

        async with Client(server) as client, create_task_group() as tasks:

            async def progress(progress: float, total: float | None, message: str | None) -> None:
                steps.append(progress)
                if progress == 0:
                    tasks.start_soon(to_thread.run_sync, drain, services, scripted(), clock)

            kept: Any = await client.call_tool("upload_file", {"path": str(reference)})
            upload_id = kept.structured_content["upload_id"]
            style: Any = await client.call_tool(
                "set_style", {"name": "Noto", "uploads": [upload_id]}
            )
            nowhere = await client.call_tool("upload_file", {"path": str(tmp_path)})
            waited: Any = await client.call_tool(
                "wait_for_batch", {"batch": batch.batch_id}, progress_callback=progress
            )

            assert style.structured_content["name"] == "Noto"
            assert nowhere.is_error
            assert waited.structured_content["counts"]["READY"] == 2
            assert (steps[0], steps[-1]) == (0, 2)


def test_standard_output_carries_nothing_but_the_protocol(tmp_path: Path) -> None:
    call = {"name": "batch_status", "arguments": {"batch": "bat_nowhere"}}
    hello = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    messages = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": call},
    ]
    lines = "".join(json.dumps({"jsonrpc": "2.0", **each}) + "\n" for each in messages)
    with subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=os.environ | environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(lines)
        child.stdin.flush()
        answers = [json.loads(child.stdout.readline()) for _ in range(2)]
        rest, logged = child.communicate(timeout=30)

    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["isError"]
    assert rest == ""
    assert "tool.called" in logged
    assert child.returncode == 0
