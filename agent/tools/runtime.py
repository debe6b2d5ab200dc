"""What a tool call runs with: the caller, the thread and the services, none of them arguments."""

from langchain.tools import ToolRuntime

from agent.context import AgentContext

Runtime = ToolRuntime[AgentContext, dict[str, object]]


def call_key(runtime: Runtime) -> str:
    """The idempotency key of this call: a resumed turn repeats it and changes nothing."""
    return f"{runtime.context.thread_id}:{runtime.tool_call_id}"
