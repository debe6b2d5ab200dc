"""The offline planner as a chat model: same messages, same tool schemas, no language model."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.offline import replies
from agent.offline.conversation import Conversation, Facts, read
from agent.offline.plan import make_plan
from agent.offline.steps import Plan, Step, Unresolved, resolved
from agent.typed_answers import typed_answer

_CHUNK = re.compile(r"\S+\s*")


class OfflinePlanner(BaseChatModel):
    """Deterministic: the same messages give the same answer, down to the ids of tool calls."""

    @property
    def _llm_type(self) -> str:
        return "assetql-offline-planner"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The planner with the names of the tools that it may call."""
        names = [convert_to_openai_tool(tool)["function"]["name"] for tool in tools]
        return cast("Runnable[LanguageModelInput, AIMessage]", self.bind(tool_names=names))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = answer(messages, kwargs.get("tool_names", ()))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(answer(messages, kwargs.get("tool_names", ()))):
            generation = ChatGenerationChunk(message=chunk)
            if run_manager and chunk.text:
                run_manager.on_llm_new_token(chunk.text, chunk=generation)
            yield generation


def answer(messages: Sequence[BaseMessage], tools: Sequence[str]) -> AIMessage:
    """The next message: the next tool call of the plan, or what there is to say."""
    talk = read(messages)
    if talk.notices and (not talk.said.strip() or _is_answer(talk)):
        return AIMessage(replies.notice(talk.notices))
    plan = make_plan(talk)
    return _next(plan, talk, tools)


def _is_answer(talk: Conversation) -> bool:
    """A typed yes or no that was taken for the approval which a notice now tells of."""
    answered = any("approval_id" in facts for facts in talk.notices)
    return answered and typed_answer(talk.said) is not None


def _next(plan: Plan, talk: Conversation, tools: Sequence[str]) -> AIMessage:
    done = talk.done
    if done and done[-1].error:
        return AIMessage(replies.failure(done[-1], done))
    refused = done and done[-1].tool == "create_batch" and not done[-1].facts.get("batch_id")
    steps = [step for step in plan.steps if step.tool in tools]
    if refused or len(done) >= len(steps):
        return AIMessage(plan.say if not done and plan.say else replies.summary(done, plan.remark))
    step = steps[len(done)]
    try:
        args = resolved(step, done)
    except Unresolved as missing:
        return AIMessage(str(missing))
    return _call(step, args, talk)


def _call(step: Step, args: Facts, talk: Conversation) -> AIMessage:
    # Derived from the turn, so that a resumed turn repeats the call's idempotency key.
    seed = json.dumps([talk.turn_id, len(talk.done), step.tool])
    call_id = f"call_{hashlib.sha256(seed.encode()).hexdigest()[:20]}"
    return AIMessage("", tool_calls=[tool_call(name=step.tool, args=args, id=call_id)])


def _chunks(message: AIMessage) -> Iterator[AIMessageChunk]:
    for word in _CHUNK.findall(message.text):
        yield AIMessageChunk(content=word)
    for index, call in enumerate(message.tool_calls):
        yield AIMessageChunk(
            content="",
            tool_call_chunks=[
                tool_call_chunk(
                    name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index
                )
            ],
        )
    yield AIMessageChunk(content="", chunk_position="last")
