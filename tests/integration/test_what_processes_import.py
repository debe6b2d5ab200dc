"""What a process imports, shown by starting it."""

import json
import subprocess
import sys

import pytest

_LIST = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"


def _modules(imports: str) -> set[str]:
    code = f"{imports}; {_LIST}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("process", "imports", "never"),
    [
        (
            "worker",
            "import assetql.worker, assetql.adapters.local.family",
            {"agent", "boto3", "gradio", "langchain", "langgraph", "open_clip", "torch"},
        ),
        (
            "door",
            "import integrations.cli.chat, agent.services, agent.tools, agent.savers.sqlite",
            {"boto3", "diffusers", "gradio", "open_clip", "torch", "transformers"},
        ),
        (
            "MCP server of a laptop",
            "import integrations.mcp.stdio, assetql.adapters.local.family",
            {"boto3", "fastapi", "gradio", "langchain", "langchain_core", "langgraph", "torch"},
        ),
        (
            "model server",
            "import inference.server",
            {"agent", "boto3", "langchain", "langgraph", "torch", "sqlite3"},
        ),
    ],
)
def test_a_process_imports_only_its_own(process: str, imports: str, never: set[str]) -> None:
    assert not _modules(imports) & never, process


def test_the_commands_do_not_load_the_conversation_until_it_starts() -> None:
    modules = _modules("import integrations.cli.app")
    assert not modules & {"agent", "langchain", "langchain_core", "langgraph"}
