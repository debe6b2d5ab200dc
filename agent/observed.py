"""What operators see of a turn: its events, metrics and spans, without a word of what was said."""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from contextvars import Context
from time import perf_counter
from typing import Any, TypeVar, cast

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langgraph.types import Command
from langsmith import set_runtime_overrides
from langsmith.utils import tracing_is_enabled

from agent.context import AgentContext
from agent.events import GraphPart
from assetql.domain.errors import AssetQLError
from assetql.domain.thread import TurnLease
from assetql.domain.token_prices import TokenUsage
from assetql.telemetry.events import EventLog
from assetql.telemetry.failure import kind_of
from assetql.telemetry.ids import bound
from assetql.telemetry.metrics import count_tool_call, count_turn
from assetql.telemetry.spending import note_usage
from assetql.telemetry.tracing import LongSpan, span

T = TypeVar("T")
_EVENTS = EventLog(__name__)


def untraced_without_threads() -> None:
    """LangSmith looks for its settings before and after each middleware, here without a thread.

    LangChain calls it whether or not somebody traces: fourteen hops in a turn of one tool.
    """
    set_runtime_overrides(aio_to_thread=_without_thread)


async def _without_thread(
    threaded: Callable[..., Awaitable[T]],
    context: Context,
    function: Callable[..., T],
    /,
    *args: Any,
    **named: Any,
) -> T:
    if tracing_is_enabled():
        return await threaded(context, function, *args, **named)
    return context.run(function, *args, **named)


async def observed(parts: AsyncGenerator[GraphPart], lease: TurnLease) -> AsyncGenerator[GraphPart]:
    """Passes the parts of a turn on; what happens meanwhile carries the turn's ids."""
    ids = {"workspace": lease.workspace, "thread": lease.thread_id, "turn": lease.token}
    begin = perf_counter()
    error: BaseException | None = None
    with bound(**ids):
        whole = LongSpan("turn")
    try:
        async with aclosing(parts):
            while True:
                # Around each step alone: who reads may go on in another context.
                with bound(**ids), whole.current():
                    part = await anext(parts, None)
                if part is None:
                    break
                yield part
    except BaseException as raised:
        error = raised
        raise
    finally:
        with bound(**ids):
            _ended(whole, error, perf_counter() - begin)


def _ended(whole: LongSpan, error: BaseException | None, seconds: float) -> None:
    outcome = _outcome(error)
    whole.end(error)
    count_turn(outcome, seconds)
    _EVENTS.info("turn.ended", outcome=outcome, seconds=round(seconds, 3))
    if error is not None and outcome == "crashed":
        _EVENTS.crash("turn.crashed", error)


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "answered"
    if isinstance(error, CancelledError | GeneratorExit):
        return "left"  # whoever read it went away
    return error.code if isinstance(error, AssetQLError) else "crashed"


class ObservedCalls(AgentMiddleware[Any, AgentContext, Any]):
    """A span around each call of the model and of a tool, and a count of the latter."""

    async def awrap_model_call(
        self,
        request: ModelRequest[AgentContext],
        handler: Callable[[ModelRequest[AgentContext]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Counts the tokens, where the provider tells them."""
        with span("chat_model.answer"):
            response = await handler(request)
        for message in response.result:
            if isinstance(message, AIMessage) and message.usage_metadata:
                model = str(message.response_metadata.get("model_name", "unknown"))
                prices = request.runtime.context.services.settings.token_prices
                note_usage("chat", model, _usage(message.usage_metadata), prices)
        return response

    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """Counts by the tool's own name: a model may call anything by any name."""
        name = request.tool.name if request.tool else "unknown"
        begin = perf_counter()
        with bound(tool=name), span(f"tool.{name}"):
            try:
                result = await handler(request)
            except BaseException as error:
                _called(name, "error", perf_counter() - begin, error)
                raise
            failed = isinstance(result, ToolMessage) and result.status == "error"
            _called(name, "error" if failed else "success", perf_counter() - begin)
            return result


def _usage(counted: UsageMetadata) -> TokenUsage:
    details = cast("dict[str, int]", counted.get("input_token_details", {}))
    read = details.get("cache_read", 0)
    # By how long they are kept, or in one number.
    written = sum(n for kind, n in details.items() if kind.startswith(("cache_creation", "ephem")))
    return TokenUsage(
        input=counted["input_tokens"] - read - written,
        output=counted["output_tokens"],
        cache_written=written,
        cache_read=read,
    )


def _called(name: str, status: str, seconds: float, error: BaseException | None = None) -> None:
    count_tool_call(name, status)
    _EVENTS.info(
        "tool.called",
        tool=name,
        status=status,
        error=kind_of(error) if error else None,
        seconds=round(seconds, 3),
    )
