"""A call of a tool: who makes it, its idempotency key, and what its answer or error becomes."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, cast

from mcp.server.context import ServerRequestContext
from mcp.types import CallToolResult, ContentBlock, TextContent
from ulid import ULID

from assetql.domain.errors import AssetQLError
from assetql.domain.identity import Principal
from assetql.pipeline.export import Package
from assetql.telemetry.events import EventLog
from assetql.telemetry.ids import bound
from assetql.telemetry.metrics import count_tool_call
from assetql.telemetry.tracing import span

Request = ServerRequestContext[Any, Any]
WhoAsks = Callable[[Request], Principal]
LinkTo = Callable[[Request, Package], str]  # to its ZIP, for who asks
IDEMPOTENCY_KEY = "assetql/idempotency-key"
_EVENTS = EventLog(__name__)


def call_key(request: Request, caller: Principal) -> str:
    """The key that the client put into `_meta`, made the caller's and the call's own; else new.

    JSON-RPC's ids begin anew with each connection, so they tell no repeated call.
    """
    given = (request.meta or {}).get(IDEMPOTENCY_KEY)
    if given is None:
        return f"mcp:{ULID()}"
    asked = dict(request.params or {})
    what = [caller.user, str(given), asked.get("name"), asked.get("arguments")]
    return f"mcp:{hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()}"


def told(facts: Mapping[str, object], *more: ContentBlock) -> CallToolResult:
    """Facts as data, and as text for clients that read no data."""
    text = TextContent(text=json.dumps(facts, ensure_ascii=False, separators=(",", ":")))
    return CallToolResult(content=[text, *more], structured_content=dict(facts))


async def answered(
    tool: str, caller: Principal, act: Callable[[], Awaitable[CallToolResult]]
) -> CallToolResult:
    """What the call answers: our own errors as results that a model can read and mend.

    Other exceptions pass: the server says that the tool failed, and not why.
    """
    begin = perf_counter()
    status = "error"
    with bound(workspace=caller.workspace, tool=tool), span(f"tool.{tool}"):
        try:
            result = await act()
            status = "success"
        except AssetQLError as error:
            result = _refused(error)
        finally:
            count_tool_call(tool, status)
            seconds = round(perf_counter() - begin, 3)
            _EVENTS.info("tool.called", tool=tool, status=status, seconds=seconds)
    return result


def _refused(error: AssetQLError) -> CallToolResult:
    said: Sequence[ContentBlock] = [TextContent(text=str(error))]
    meta = cast("Any", {"assetql/code": error.code})
    return CallToolResult(content=list(said), is_error=True, _meta=meta)
