"""Operations as tools of LangChain: the runtime that the graph injects becomes the call."""

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from langchain.tools import ToolRuntime, tool
from langchain_core.messages import AIMessage, AnyMessage
from langchain_core.tools import BaseTool

from agent.context import AgentContext
from agent.tools.artifacts import Answer
from agent.tools.operation import Call, Operation
from agent.tools.progress import paced

Runtime = ToolRuntime[AgentContext, dict[str, object]]
_RUNTIME = inspect.Parameter("runtime", inspect.Parameter.KEYWORD_ONLY, annotation=Runtime)


def langchain_tool(operation: Operation) -> BaseTool:
    """The operation as a model of a conversation is given it."""

    def run(runtime: Runtime, **arguments: Any) -> Answer:
        return operation.run(_call(runtime), **arguments)

    parameters = [*operation.arguments, _RUNTIME]
    # LangChain reads the arguments, the name and the words from the function itself.
    run.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__name__ = operation.name
    run.__doc__ = operation.run.__doc__
    return tool(response_format="content_and_artifact")(run)


def _call(runtime: Runtime) -> Call:
    context = runtime.context
    return Call(
        caller=context.caller,
        services=context.services,
        key=_key(runtime),
        thread_id=context.thread_id,
        progress=paced(partial(_tell, runtime)),
    )


def _tell(runtime: Runtime, done: int, total: int) -> None:
    """What becomes a ToolProgress of the turn."""
    progress = {"call_id": runtime.tool_call_id, "text": "assets", "done": done, "total": total}
    runtime.stream_writer({"event": "progress", **progress})


def _key(runtime: Runtime) -> str:
    """A resumed turn repeats it.

    Some models count their calls from anew in each message, so its id is a part of the key.
    """
    messages = cast("Sequence[AnyMessage]", runtime.state.get("messages", ()))
    asking = next((m.id for m in reversed(messages) if isinstance(m, AIMessage)), None)
    return ":".join(filter(None, (runtime.context.thread_id, asking, runtime.tool_call_id)))
