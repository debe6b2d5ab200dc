"""What a model is shown of the tools."""

import json
from typing import Any, get_args

import pytest
from langchain.agents import create_agent
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.context import AgentContext
from agent.langchain_tools import langchain_tool
from agent.offline.planner import OfflinePlanner
from agent.tools import TOOLS
from agent.tools.exports import PresetName
from assetql.domain.presets import PRESETS

NAMES = [
    *("set_style", "create_batch", "quote", "generate", "batch_status", "cancel_batch"),
    *("retry_failed", "tag", "edit_tags", "search", "make_variations", "export", "list_styles"),
]
INJECTED = {"runtime", "context", "caller", "workspace", "services", "thread_id", "tool_call_id"}


def _schema(name: str) -> dict[str, Any]:
    tool = next(tool for tool in TOOLS if tool.name == name)
    return convert_to_openai_tool(langchain_tool(tool))["function"]


def test_the_tools_are_named_as_people_see_them() -> None:
    assert [tool.name for tool in TOOLS] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_describes_itself_and_shows_nothing_injected(name: str) -> None:
    schema = _schema(name)
    arguments = schema["parameters"]["properties"]

    assert len(schema["description"]) > 40
    assert not INJECTED & set(arguments)
    assert all(argument.get("description") or "$ref" in argument or name == "search"
               for argument in arguments.values())  # fmt: skip
    assert "Principal" not in json.dumps(schema)


def test_few_arguments_are_unions() -> None:
    shown = json.dumps([_schema(name) for name in NAMES])

    assert shown.count('"anyOf"') + shown.count('"oneOf"') <= 16


def test_presets_are_those_of_the_table() -> None:
    assert set(get_args(PresetName)) == {preset.name for preset in PRESETS}


def test_an_agent_takes_them() -> None:
    agent = create_agent(
        OfflinePlanner(), list(map(langchain_tool, TOOLS)), context_schema=AgentContext
    )

    assert "tools" in agent.get_graph().nodes
