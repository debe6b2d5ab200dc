"""The graph as `langgraph dev` and Studio open it (langgraph.json), to look into its steps.

What holds at every other door does not hold here: Studio's own server keeps the state, so there is
no inbox, no lease and no fence, nobody is logged in (whoever reaches it acts as the owner of
ASSETQL_WORKSPACE), and clients may write states. What use cases decide holds: a start waits for its
approval, and the budget is the budget. For people, run `assetql up`.
"""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StreamWriter

from agent.context import AgentContext
from agent.graph import MOST_STEPS, build_graph
from agent.inbox import upload_ids
from agent.langchain_tools import langchain_tool
from agent.model import open_chat_model
from agent.state import ThreadState
from agent.tools import TOOLS
from assetql.domain.identity import Principal, Role
from assetql.services import Services, open_services
from assetql.settings import Settings

Graph = CompiledStateGraph[Any, Any, Any, Any]


@cache
def _services() -> Services:
    """Opened by the first request, for as long as the process lives."""
    return open_services(Settings())


def graph() -> Graph:
    """The conversation over the services of the environment's settings."""
    services = _services()
    tools = [langchain_tool(operation) for operation in TOOLS]
    inner = build_graph(open_chat_model(services.settings), tools=tools, checkpointer=None)
    settings = services.settings
    owner = Principal(settings.workspace, settings.user, frozenset({Role.OWNER}))

    async def assistant(
        state: ThreadState, config: RunnableConfig, writer: StreamWriter
    ) -> dict[str, object]:
        """One turn; what is let out on the way goes out as it comes."""
        messages = state["messages"]
        context = AgentContext(
            caller=owner,
            thread_id=str(config.get("configurable", {}).get("thread_id", "studio")),
            services=services,
            uploads=upload_ids(messages),
        )
        said: list[object] = []
        parts = inner.astream(
            {"messages": messages},
            {"recursion_limit": MOST_STEPS},
            context=context,
            stream_mode=["updates", "custom"],
        )
        async for mode, part in cast("AsyncIterator[tuple[str, Any]]", parts):
            if mode == "custom":
                writer(part)
                continue
            for update in part.values():
                said += (update or {}).get("messages", [])
        return {"messages": said}

    outer = StateGraph(ThreadState)
    outer.add_node("assistant", assistant)
    outer.add_edge(START, "assistant")
    outer.add_edge("assistant", END)
    return outer.compile(name="assetql")
