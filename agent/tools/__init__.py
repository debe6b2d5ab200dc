"""The tools that models are given, by chat and by MCP: each translates a call into one use case."""

from agent.tools.batches import batch_status, cancel_batch, create_batch, quote
from agent.tools.exports import export
from agent.tools.generation import generate, make_variations, retry_failed
from agent.tools.operation import Operation
from agent.tools.search import search
from agent.tools.styles import list_styles, set_style
from agent.tools.tagging import edit_tags, tag

TOOLS: tuple[Operation, ...] = (
    set_style,
    create_batch,
    quote,
    generate,
    batch_status,
    cancel_batch,
    retry_failed,
    tag,
    edit_tags,
    search,
    make_variations,
    export,
    list_styles,
)
