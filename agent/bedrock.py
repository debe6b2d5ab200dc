"""Chat models on Bedrock: cached prompts, a guardrail, our errors, and threads of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from threading import Event
from typing import Any, cast

from langchain_aws import ChatBedrockConverse
from langchain_aws.utils import parse_model_provider
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from assetql.adapters.aws.clients import open_clients
from assetql.adapters.aws.converse import bedrock_faults
from assetql.domain.errors import InvalidInput
from assetql.settings import Settings

_MOST_AT_ONCE = 64  # turns that wait for a model; as many as the clients keep connections
_CACHED = ("anthropic", "amazon.nova")  # whose prompts Bedrock caches
_NEVER_CACHED = (  # and which of these models refuse a request that has cache points
    "claude-instant",
    "claude-v2",
    "claude-3-haiku",
    "claude-3-sonnet",
    "claude-3-opus",
    "claude-3-5-sonnet-20240620",
)


class BedrockChat(ChatBedrockConverse):
    """Puts cache points behind the tools, the system prompt and the newest messages.

    LangChain would call it on the event loop's default threads, which are few and everybody's, and
    once for each piece; here a thread of its own reads the whole stream.
    """

    _pool: ThreadPoolExecutor = PrivateAttr(
        default_factory=lambda: ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="bedrock")
    )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with bedrock_faults(self.model_id, choice="ASSETQL_CHAT_MODEL"):
            return super()._generate(messages, stop, run_manager, **self._cached(kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with bedrock_faults(self.model_id, choice="ASSETQL_CHAT_MODEL"):
            yield from super()._stream(messages, stop, run_manager, **self._cached(kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[ChatGenerationChunk | None] = asyncio.Queue()
        left = Event()

        def read() -> None:
            try:
                with closing(cast("Any", self._stream(messages, stop, **kwargs))) as stream:
                    for chunk in stream:
                        if left.is_set():
                            return
                        loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            finally:
                if not left.is_set():
                    loop.call_soon_threadsafe(chunks.put_nowait, None)

        reading = loop.run_in_executor(self._pool, copy_context().run, read)
        reading.add_done_callback(_take_error)
        try:
            while (chunk := await chunks.get()) is not None:
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
            await reading
        finally:
            left.set()  # whoever asked is gone: the thread closes the stream at its next piece

    def _cached(self, options: dict[str, Any]) -> dict[str, Any]:
        model = (self.base_model_id or self.model_id).lower()
        if not any(name in model for name in _CACHED) or any(
            name in model for name in _NEVER_CACHED
        ):
            return options
        return {"cache_control": {"type": "ephemeral"}, **options}


def _take_error(reading: asyncio.Future[None]) -> None:
    """An error that comes when nobody waits any more is nobody's."""
    if not reading.cancelled():
        reading.exception()


def open_bedrock_chat(model: str, settings: Settings) -> BedrockChat:
    """The model of this id, inference profile or ARN. Raises: InvalidInput, ModelUnavailable."""
    base = settings.chat_base_model
    options: dict[str, Any] = {}
    if base:
        options = {"base_model": base, "provider": parse_model_provider(base)}
    elif model.startswith("arn:"):
        raise InvalidInput(
            f"{model} does not say which model is behind it.",
            remedy="Set ASSETQL_CHAT_BASE_MODEL to that model's id.",
        )
    if settings.guardrail:
        guardrail, _, version = settings.guardrail.rpartition(":")
        options["guardrail_config"] = {
            "guardrailIdentifier": guardrail,
            "guardrailVersion": version,
        }
    with bedrock_faults(model, choice="ASSETQL_CHAT_MODEL"):
        client = open_clients(settings).bedrock
    return BedrockChat(
        model=model,
        client=client,
        bedrock_client=client,  # it would be asked what is behind an ARN: we say so
        disable_streaming=False,  # or it would be off for models that LangChain doesn't know
        **options,
    )
