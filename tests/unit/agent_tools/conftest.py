"""Tools over the embedded adapters, in a workspace of the test's own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage

from agent.context import AgentContext
from agent.langchain_tools import langchain_tool
from agent.tools import TOOLS
from assetql.domain.identity import Principal, Role
from assetql.pipeline.uploads import add_upload
from assetql.services import Services, open_services
from assetql.settings import Settings

BY_NAME = {tool.name: tool for tool in map(langchain_tool, TOOLS)}


class Caller:
    """A person who has the model call tools in a thread."""

    def __init__(self, services: Services, workspace: str) -> None:
        principal = Principal(workspace, "ada", frozenset({Role.OWNER}))
        self.context = AgentContext(caller=principal, thread_id="thr_1", services=services)

    def call(self, tool: str, call_id: str = "call_1", **args: Any) -> tuple[Any, dict[str, Any]]:
        """(what the model reads, the artifact) of a call as an agent makes it."""
        runtime: ToolRuntime[AgentContext, dict[str, object]] = ToolRuntime(
            state={},
            context=self.context,
            config={},
            stream_writer=lambda _: None,
            tool_call_id=call_id,
            store=None,
        )
        call: Any = {"name": tool, "args": {**args, "runtime": runtime}, "id": call_id}
        message = BY_NAME[tool].invoke({**call, "type": "tool_call"})
        assert isinstance(message, ToolMessage)
        return json.loads(message.text), message.artifact

    def elsewhere(self, thread_id: str) -> "Caller":
        """The same person in another thread."""
        other = Caller(self.context.services, self.context.caller.workspace)
        other.context = replace(self.context, thread_id=thread_id)
        return other

    def upload(self, path: Path) -> str:
        """The id of an uploaded file."""
        services = self.context.services
        return add_upload(
            path.name,
            path.read_bytes(),
            caller=self.context.caller,
            stores=services.stores,
            clock=services.clock,
            image_limits=services.image_limits,
            list_limits=services.list_limits,
        ).upload_id


@pytest.fixture
def caller_of(tmp_path: Path) -> Iterator[Callable[[str], Caller]]:
    """Callers by workspace, over the same stores."""
    services = open_services(Settings(home=tmp_path))
    yield lambda workspace: Caller(services, workspace)
    services.close()
