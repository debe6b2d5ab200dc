"""The graph that langgraph.json names, loaded as LangGraph's own server loads it."""

import json
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("ASSETQL_HOME", str(tmp_path))
    config = json.loads((ROOT / "langgraph.json").read_text())
    path, _, name = config["graphs"]["assetql"].partition(":")
    spec = spec_from_file_location("a_graph_of_the_server", ROOT / path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    yield getattr(module, name)()
    module._services().close()


async def test_one_turn(graph: Any) -> None:
    message = {"role": "user", "content": "Make a list of 3 potions: red, green, blue"}
    tokens, state = [], {}
    async for mode, part in graph.astream(
        {"messages": [message]}, stream_mode=["custom", "values"]
    ):
        if mode == "values":
            state = part
        elif part.get("event") == "token":
            tokens.append(part["text"])
    types = [m.type for m in state["messages"]]
    assert types == ["human", "ai", "tool", "ai", "tool", "ai"]
    assert "".join(tokens) == state["messages"][-1].text
    assert {"assistant"} <= set(graph.get_graph().nodes)
