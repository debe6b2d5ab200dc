"""What stands between the graph, its model and its tools."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, cast

from langchain.agents.middleware import (
    AgentMiddleware,
    ModelRequest,
    ModelResponse,
    ToolErrorMiddleware,
)
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    AnyMessage,
    HumanMessage,
    ToolMessage,
    message_chunk_to_message,
)
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.runnables import Runnable
from langgraph.types import Command

from agent.claims import Checker
from agent.context import AgentContext
from agent.prompts import EARLIER
from agent.state import ThreadState, paired
from agent.storable import plain_message, storable, storable_message
from assetql.domain.errors import AssetQLError, ModelUnavailable
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
_FAULT = "The tool failed for a reason of its own, which was logged. The same call may fail again."
_MOST_LISTED = 200
_MOST_TEXT = 20_000
BoundModel = Runnable[LanguageModelInput, AIMessage]


def tool_errors() -> AgentMiddleware[Any, AgentContext, Any]:
    """Every failed call gets a result: our own errors in full, others without their details."""
    return ToolErrorMiddleware(_explain)


def _explain(error: Exception, request: ToolCallRequest) -> str:
    if isinstance(error, AssetQLError):
        return str(error)
    _EVENTS.crash("tool.crashed", error, tool=request.tool_call["name"])
    return _FAULT


class CheckedModel(AgentMiddleware[ThreadState, AgentContext, None]):
    """Calls the model on well-formed messages and lets out its text sentence by checked sentence.

    The model's own tokens carry the tag `nostream`; what is released goes out on the custom
    channel, and the checked text is what the thread keeps.
    """

    state_schema = ThreadState

    def __init__(self, model: BoundModel, *, offered: frozenset[Decimal]) -> None:
        """`offered`: the limits that prompt and tools state."""
        super().__init__()
        self._model = model
        self._offered = offered

    async def awrap_model_call(
        self,
        request: ModelRequest[AgentContext],
        handler: Callable[[ModelRequest[AgentContext]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Streams the bound model instead of calling `handler`."""
        state = cast("ThreadState", request.state)
        messages = readable(request.messages, state.get("synopsis", []))
        prompt = [request.system_message, *messages] if request.system_message else messages
        context = request.runtime.context
        checker = Checker(request.messages, state.get("synopsis", []), context, self._offered)
        chunks: list[AIMessageChunk | AIMessage] = []
        async for chunk in self._chunks(prompt):
            chunks.append(chunk)
            for text in await checker.feed(storable(str(chunk.text))):
                request.runtime.stream_writer({"event": "token", "text": text, "id": chunk.id})
        for text in await checker.end():
            spoken_in = chunks[-1].id if chunks else None
            request.runtime.stream_writer({"event": "token", "text": text, "id": spoken_in})
        message = plain_message(storable_message(_whole(chunks)))
        return ModelResponse(result=[_as_released(message, checker)])

    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """Bounds what a result leaves in the thread."""
        result = await handler(request)
        return bounded(result) if isinstance(result, ToolMessage) else result

    async def _chunks(
        self, prompt: Sequence[AnyMessage]
    ) -> AsyncGenerator[AIMessageChunk | AIMessage]:
        try:
            async for chunk in self._model.astream(prompt, config={"tags": ["nostream"]}):
                yield cast("AIMessageChunk | AIMessage", chunk)
        except ModelUnavailable:
            raise
        # Each provider has errors of its own: this is where they become ours.
        except Exception as error:
            raise ModelUnavailable(
                f"The chat model did not answer ({type(error).__name__}).",
                remedy="Send the message again, or check ASSETQL_CHAT_MODEL with `assetql doctor`.",
            ) from error


def readable(messages: Sequence[AnyMessage], synopsis: Sequence[str]) -> list[AnyMessage]:
    """Paired messages, behind a short account of those that the thread no longer holds."""
    whole = paired(messages)
    if not synopsis:
        return whole
    return [HumanMessage("\n".join([EARLIER, *synopsis])), *whole]


def bounded(message: ToolMessage) -> ToolMessage:
    """The result with long text cut, and long lists of its card cut and counted in `KEY_total`."""
    artifact = cast("object", message.artifact)
    card = cast("dict[str, object]", artifact) if isinstance(artifact, dict) else {}
    long = {
        key: cast("list[object]", value)
        for key, value in card.items()
        if isinstance(value, list) and len(cast("list[object]", value)) > _MOST_LISTED
    }
    update: dict[str, object] = {}
    if long:
        cut: dict[str, object] = {key: value[:_MOST_LISTED] for key, value in long.items()}
        update["artifact"] = {**card, **cut, **{f"{k}_total": len(v) for k, v in long.items()}}
    if len(message.text) > _MOST_TEXT:
        update["content"] = f"{message.text[:_MOST_TEXT]}… (cut)"
    return message.model_copy(update=update) if update else message


def _whole(chunks: Sequence[AIMessageChunk | AIMessage]) -> AIMessage:
    if not chunks:
        return AIMessage("")
    first, *rest = chunks
    if isinstance(first, AIMessageChunk):
        first = add_ai_message_chunks(first, *cast("list[AIMessageChunk]", rest))
    return cast("AIMessage", message_chunk_to_message(first))


def _as_released(message: AIMessage, checker: Checker) -> AIMessage:
    """The message with the text that was let out, and its other blocks as they were."""
    if not checker.changed:
        return message
    if isinstance(message.content, str):
        return message.model_copy(update={"content": checker.released})
    blocks = [b for b in message.content if isinstance(b, dict) and b.get("type") != "text"]
    return message.model_copy(
        update={"content": [{"type": "text", "text": checker.released}, *blocks]}
    )
