"""What a tool call runs with: the caller, the thread and the services, none of them arguments."""

from collections.abc import Sequence
from typing import cast

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, AnyMessage

from agent.context import AgentContext

Runtime = ToolRuntime[AgentContext, dict[str, object]]


def call_key(runtime: Runtime) -> str:
    """The idempotency key of this call: a resumed turn repeats it and changes nothing.

    Some models count their calls from anew in each message, so its id is a part of the key.
    """
    messages = cast("Sequence[AnyMessage]", runtime.state.get("messages", ()))
    asking = next((m.id for m in reversed(messages) if isinstance(m, AIMessage)), None)
    return ":".join(filter(None, (runtime.context.thread_id, asking, runtime.tool_call_id)))
