"""Operations as tools of MCP: the request gives the call, the facts are the structured answer."""

import inspect
import json
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, cast

from anyio.from_thread import run as run_in_loop
from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent, ToolAnnotations

from agent.tools import TOOLS
from agent.tools.operation import Call, Effect, Operation
from agent.tools.progress import paced
from assetql.services import Services
from integrations.mcp.calls import WhoAsks, answered, call_key, told

HINTS = {
    Effect.READS: ToolAnnotations(read_only_hint=True, open_world_hint=False),
    Effect.ADDS: ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
    ),
    Effect.CHANGES: ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
    ),
}
_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=Context)


def add_tools(server: MCPServer, services: Services, who: WhoAsks) -> None:
    """Every operation, by the name that it has in conversations."""
    for operation in TOOLS:
        server.add_tool(
            _tool(operation, services, who),
            name=operation.name,
            title=operation.name.replace("_", " ").capitalize(),
            description=operation.description,
            annotations=HINTS[operation.effect],
            structured_output=True,
        )


def _tool(operation: Operation, services: Services, who: WhoAsks) -> Any:
    """A function with the operation's arguments, which is what the server reads schemas from."""

    async def run(context: Context, **arguments: Any) -> CallToolResult:
        request = context.request_context
        caller = who(request)

        def tell(done: int, total: int) -> None:
            run_in_loop(context.report_progress, done, total, f"{done}/{total} assets")

        call = Call(
            caller=caller,
            services=services,
            key=call_key(request, caller),
            progress=paced(tell),
        )

        async def act() -> CallToolResult:
            text, card = await run_sync(partial(operation.run, call, **arguments))
            return told(json.loads(text), *_remarks(card))

        return await answered(operation.name, caller, act)

    run.__name__ = operation.name
    parameters = [*operation.arguments, _CONTEXT]
    answers = Annotated[CallToolResult, operation.tells]
    signature = inspect.Signature(parameters, return_annotation=answers)
    run.__signature__ = signature  # pyright: ignore[reportFunctionMemberAccess]
    run.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": answers}
    return run


def _remarks(card: Mapping[str, object]) -> list[ContentBlock]:
    """What a person or a client does next, where an answer is not the end."""
    if card.get("kind") == "approval" and card.get("status") == "PENDING":
        batch_id = card["batch_id"]
        said = (
            "Nothing is spent yet: ask the person to approve the quote, in the playground, in "
            f"Slack, by HTTP, or by typing `assetql batch start {batch_id}`. It is theirs to "
            "answer, not yours; wait_for_batch follows what comes of it."
        )
        return [TextContent(text=said)]
    if card.get("kind") == "package":
        filename = cast("str", card["filename"])
        uri = f"assetql://exports/{card['export_id']}"
        return [ResourceLink(uri=uri, name=filename, mime_type="application/json")]
    return []
