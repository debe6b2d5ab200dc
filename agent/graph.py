"""The graph: a model, its tools, what stands between them, and a checkpointer."""

import json
from collections.abc import Sequence
from typing import Any, cast

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from agent.claims import offered_numbers
from agent.context import AgentContext
from agent.middleware import CheckedModel, tool_errors
from agent.observed import ObservedCalls, untraced_without_threads
from agent.prompts import SYSTEM_PROMPT
from agent.state import ThreadState

MOST_STEPS = 50  # a call of the model is one, each round of its tools another


def build_graph(
    model: BaseChatModel,
    *,
    tools: Sequence[BaseTool],
    checkpointer: BaseCheckpointSaver[Any] | None,
) -> CompiledStateGraph[Any, AgentContext, Any, Any]:
    """The conversation, compiled. Run it through `agent.turn`, which holds the thread's lease."""
    untraced_without_threads()
    checked = CheckedModel(
        model.bind_tools(tools) if tools else model, offered=offered_numbers(stated(tools))
    )
    middleware = [ObservedCalls(), tool_errors(), checked]
    return create_agent(
        model,
        tools=tools,
        system_prompt=SYSTEM_PROMPT,
        middleware=cast("Sequence[AgentMiddleware[Any, AgentContext, Any]]", middleware),
        state_schema=ThreadState,
        context_schema=AgentContext,
        checkpointer=checkpointer,
    )


def stated(tools: Sequence[BaseTool]) -> list[str]:
    """All that the model is told before a conversation: the prompt, and each tool's definition."""
    definitions = [json.dumps(convert_to_openai_tool(tool), indent=0) for tool in tools]
    return [SYSTEM_PROMPT, *definitions]
