"""What answers for a model: the offline planner, tagger and optimiser. It says that it does.

Which of them is asked shows in the tools that the request offers.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent.inbox import ATTACHED, NOTICE
from agent.offline.planner import answer as planned
from assetql.adapters.local.optimiser import OfflineOptimiser
from assetql.adapters.local.tagger import OfflineTagger
from assetql.ports import TaggingRequest

TAG_TOOL = "tag_images"
REWRITE_TOOL = "rewrite_prompt"

Document = Mapping[str, Any]
Block = dict[str, Any]


def answer(request: Document) -> list[Block]:
    """The content blocks that answer a valid Converse request."""
    tools = request.get("toolConfig", {}).get("tools", [])
    offered = {tool["toolSpec"]["name"]: tool["toolSpec"] for tool in tools if "toolSpec" in tool}
    if TAG_TOOL in offered:
        return [_call(TAG_TOOL, _tags(request, offered[TAG_TOOL]))]
    if REWRITE_TOOL in offered:
        return [_call(REWRITE_TOOL, _prompt(request))]
    return _blocks(planned(list(_messages(request["messages"])), list(offered)))


def _call(tool: str, given: Document) -> Block:
    return {"toolUse": {"toolUseId": "tooluse_stand-in", "name": tool, "input": given}}


def _blocks(message: AIMessage) -> list[Block]:
    text: list[Block] = [{"text": message.text}] if message.text else []
    calls: list[Block] = [
        {"toolUse": {"toolUseId": call["id"], "name": call["name"], "input": call["args"]}}
        for call in message.tool_calls
    ]
    return text + calls


def _messages(messages: Sequence[Document]) -> Iterator[BaseMessage]:
    """As the planner reads them: what the wire merged into one message is taken apart again."""
    for message in messages:
        if message["role"] == "assistant":
            yield _assistant(message["content"])
            continue
        for block in message["content"]:
            if "text" in block:
                yield from _humans(block["text"])
            elif "toolResult" in block:
                yield _result(block["toolResult"])


def _assistant(content: Sequence[Document]) -> AIMessage:
    calls = [block["toolUse"] for block in content if "toolUse" in block]
    return AIMessage(
        "".join(block.get("text", "") for block in content),
        tool_calls=[
            {"name": call["name"], "args": call["input"], "id": call["toolUseId"]} for call in calls
        ],
    )


def _humans(text: str) -> Iterator[HumanMessage]:
    """Messages that the wire has joined: a notice is two lines, files are a line each."""
    said: list[str] = []
    files: list[Document] | None = None
    for line in text.split("\n"):
        facts = _facts(line) if files is not None or said[-1:] == [NOTICE] else None
        if facts is not None and files is not None:
            files.append(facts)
        elif facts is not None:
            yield from _said(said[:-1], None)
            yield HumanMessage(f"{NOTICE}\n{line}", additional_kwargs={"kind": "notice", **facts})
            said = []
        elif line == ATTACHED:
            files = []
        else:
            if files is not None:
                yield from _said(said, files)
                said, files = [], None
            said.append(line)
    yield from _said(said, files)


def _said(lines: Sequence[str], files: Sequence[Document] | None) -> Iterator[HumanMessage]:
    """What a person wrote and attached, if anything."""
    text = "\n".join(lines)
    if files:
        yield HumanMessage(text, additional_kwargs={"said": text, "uploads": list(files)})
    elif text:
        yield HumanMessage(text, additional_kwargs={"said": text})


def _facts(line: str) -> dict[str, Any] | None:
    """The object that a line of JSON holds: people may write such lines themselves."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _result(result: Document) -> ToolMessage:
    texts = [block.get("text") or json.dumps(block.get("json")) for block in result["content"]]
    status = "error" if result.get("status") == "error" else "success"
    return ToolMessage("\n".join(texts), tool_call_id=result["toolUseId"], status=status)


def _tags(request: Document, tool: Document) -> Block:
    """Each image with the line of facts in front of it."""
    schema = tool["inputSchema"]["json"]["properties"]["images"]["items"]["properties"]
    vocabulary = schema["tags"]["items"]["properties"]["name"]["enum"]
    tagger, facts, images = OfflineTagger(), {}, []
    for block in request["messages"][-1]["content"]:
        if "text" in block:
            facts = json.loads(block["text"])
        elif "image" in block:
            thumbnail = base64.b64decode(block["image"]["source"]["bytes"])
            asked = {key: facts[key] for key in ("name", "description", "category")}
            found = tagger.answer(TaggingRequest(thumbnail=thumbnail, **asked), vocabulary)
            images.append({"image": facts["image"], **json.loads(found)})
    return {"images": images}


def _prompt(request: Document) -> Block:
    facts = json.loads(request["messages"][-1]["content"][0]["text"])
    made = OfflineOptimiser().optimise(facts["prompt"], style_name=facts.get("style"))
    return {"prompt": made}
