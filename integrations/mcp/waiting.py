"""wait_for_batch: the one tool that conversations lack, since their threads are told."""

from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from agent.tools.artifacts import batch_card, batch_facts
from agent.tools.facts import BatchFacts
from agent.tools.operation import Effect
from assetql.domain.identity import Principal
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from assetql.pipeline.learn_style import find_style
from assetql.services import Services
from integrations.mcp.calls import WhoAsks, answered, told
from integrations.mcp.tools import HINTS

LONGEST_WAIT = 600


def add_waiting(server: MCPServer, services: Services, who: WhoAsks) -> None:
    """Adds the tool; each step that is counted is a progress notification."""

    async def wait_for_batch(
        context: Context,
        batch: Annotated[str, Field(description="Batch id (bat_…)")],
        seconds: Annotated[
            int, Field(ge=0, le=LONGEST_WAIT, description="How long to wait at most")
        ] = 60,
    ) -> Annotated[CallToolResult, BatchFacts]:
        """Wait until a batch has ended, and tell how it stands then or when the time is over.

        While its approval is PENDING nothing happens: a person has to answer it first.
        """
        caller = who(context.request_context)

        async def act() -> CallToolResult:
            report = await _ended(context, batch, seconds, caller, services)
            style = await run_sync(_style_name, report, caller, services)
            return told(batch_facts(batch_card(report, style=style)))

        return await answered("wait_for_batch", caller, act)

    hints = HINTS[Effect.READS]
    server.add_tool(
        wait_for_batch, title="Wait for batch", annotations=hints, structured_output=True
    )


async def _ended(
    context: Context, batch_id: str, seconds: int, caller: Principal, services: Services
) -> BatchReport:
    """Looks as often as idle workers do. Raises: NotFound."""

    def look() -> BatchReport:
        batch = get_batch(batch_id, caller=caller, stores=services.stores)
        return report_batch(batch, stores=services.stores)

    report, shown = await run_sync(look), -1
    with anyio.move_on_after(seconds):
        while True:
            counts = report.counts
            done = counts.total - counts.open
            if done > shown:
                await context.report_progress(done, counts.total, f"{done}/{counts.total} images")
                shown = done
            if report.batch.closed:
                break
            await anyio.sleep(services.settings.poll_seconds)
            report = await run_sync(look)
    return report


def _style_name(report: BatchReport, caller: Principal, services: Services) -> str | None:
    style_id = report.batch.style_id
    if style_id is None:
        return None
    return find_style(style_id, caller=caller, stores=services.stores).name
