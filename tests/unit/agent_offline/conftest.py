"""Chats with the planner over scripted tools, which answer as the real ones do."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from pydantic import BaseModel

from agent.langchain_tools import langchain_tool
from agent.offline.planner import OfflinePlanner
from agent.tools import TOOLS
from assetql.domain.query_text import query_words

CHAT = Path(__file__).parents[3] / "examples" / "chat"
BY_NAME = {tool.name: tool for tool in map(langchain_tool, TOOLS)}
Facts = dict[str, Any]


@dataclass
class ScriptedWorld:
    """Enough of a workspace for tools to answer: batches, styles, listed assets."""

    uploads: dict[str, Path] = field(default_factory=dict[str, Path])
    styles: list[str] = field(default_factory=list[str])
    batch: Facts | None = None
    assets: list[Facts] = field(default_factory=list[Facts])
    calls: list[tuple[str, Facts]] = field(default_factory=list[tuple[str, Facts]])

    def call(self, tool: str, args: Facts) -> tuple[Facts | str, Facts]:
        """(facts or error, the call as it was resolved)."""
        schema = BY_NAME[tool].tool_call_schema
        assert isinstance(schema, type)
        assert issubclass(schema, BaseModel)
        schema.model_validate(args)  # the planner calls as the schemas say
        return getattr(self, f"_{tool}")(args)

    def draft(self, rows: int, status: str = "DRAFT") -> Facts:
        number = 1 + sum(tool in {"create_batch", "make_variations"} for tool, _ in self.calls)
        self.batch = {"batch_id": f"bat_aaaaaaaaa{number}", "status": status, "rows": rows}
        return self.batch

    def _of(self, args: Facts) -> Facts | str:
        batch_id = args.get("batch")
        if self.batch is None or (batch_id and batch_id != self.batch["batch_id"]):
            return f"No batch {batch_id or 'newest'!r}."
        return self.batch

    def _set_style(self, args: Facts) -> tuple[Facts | str, Facts]:
        assert all(self.uploads[u].suffix == ".png" for u in args["uploads"])
        self.styles.append(args["name"])
        count = len(args["uploads"])
        return {"style_id": "sty_a", "name": args["name"], "references": count}, {
            "name": args["name"],
            "references": count,
        }

    def _create_batch(self, args: Facts) -> tuple[Facts | str, Facts]:
        style = args.get("style", "")
        if style and style.casefold() not in map(str.casefold, self.styles):
            return f"No style {style!r}.", {}
        if args.get("upload"):
            with self.uploads[args["upload"]].open() as file:
                rows: Sequence[Mapping[str, Any]] = list(csv.DictReader(file))
            variations: list[int] = [1]
        else:
            rows = args.get("items", [])
            variations = [i.get("variations") or args.get("variations", 1) for i in rows]
        if not rows:
            return "A batch needs at least one row.", {}
        batch = self.draft(len(rows))
        return {**batch, "style": style}, {
            "rows": len(rows),
            "variations": variations[0] if len(set(variations)) == 1 else None,
            "width": args.get("width", 512),
            "height": args.get("height", 512),
            "style": style,
            "name": args.get("name", ""),
            "items": [i["name"] for i in args.get("items", [])],
        }

    def _quote(self, args: Facts) -> tuple[Facts | str, Facts]:
        images = args.get("images", 0)
        return {"images": images, "total": 1.0}, {"images": images}

    def _generate(self, args: Facts) -> tuple[Facts | str, Facts]:
        batch = self._of(args)
        if isinstance(batch, str):
            return batch, {}
        if batch["status"] != "DRAFT":
            return f"{batch['batch_id']} was already started.", {}
        return {"approval_id": "apr_a", "batch_id": batch["batch_id"], "status": "PENDING"}, {}

    def _batch_status(self, args: Facts) -> tuple[Facts | str, Facts]:
        return self._of(args), {}

    _cancel_batch = _batch_status

    def _retry_failed(self, args: Facts) -> tuple[Facts | str, Facts]:
        batch = self._of(args)
        return batch if isinstance(batch, str) else {**batch, "retried": 5}, {}

    def _tag(self, args: Facts) -> tuple[Facts | str, Facts]:
        batch = self._of(args)
        if isinstance(batch, str):
            return batch, {}
        return {**batch, "what": "tag", "status": "PENDING", "follow_up_id": "fup_a"}, {}

    def _edit_tags(self, args: Facts) -> tuple[Facts | str, Facts]:
        if not args.get("assets") and isinstance(self._of(args), str):
            return self._of(args), {}
        edit = {"add": args.get("add", []), "remove": args.get("remove", [])}
        return {"assets": 1, **edit}, edit

    def _search(self, args: Facts) -> tuple[Facts | str, Facts]:
        found = [asset for asset in self.assets if _is_found(asset, args)]
        return {"assets": found, "total": len(found), "cursor": None}, args

    def _make_variations(self, args: Facts) -> tuple[Facts | str, Facts]:
        if args["asset"] not in {asset["asset_id"] for asset in self.assets}:
            return f"No asset {args['asset']!r}.", {}
        place = [asset["asset_id"] for asset in self.assets].index(args["asset"]) + 1
        facts = {**self.draft(1), "approval_id": "apr_b", "status": "PENDING"}
        return facts, {"count": args["count"], "place": place}

    def _export(self, args: Facts) -> tuple[Facts | str, Facts]:
        if not args.get("assets") and isinstance(self._of(args), str):
            return self._of(args), {}
        return {"export_id": "exp_a", "presets": args["presets"]}, {"presets": args["presets"]}

    def _list_styles(self, args: Facts) -> tuple[Facts | str, Facts]:
        return {"styles": [{"name": name} for name in self.styles]}, {}


@dataclass
class Chat:
    """A thread with the planner; `calls` are (tool, resolved arguments) of all turns."""

    world: ScriptedWorld
    messages: list[AnyMessage] = field(default_factory=list[AnyMessage])
    turns: int = 0

    def say(self, text: str, uploads: Mapping[str, Path] | None = None) -> str:
        """Runs a turn to its end and returns the reply."""
        self.world.uploads.update(uploads or {})
        self.turns += 1
        kinds = {".csv": "text/csv", ".png": "image/png"}
        files = [
            {"upload_id": u, "file_name": p.name, "media_type": kinds[p.suffix]}
            for u, p in (uploads or {}).items()
        ]
        self.messages.append(
            HumanMessage(
                text,
                id=f"inbox-{self.turns}",
                additional_kwargs={"kind": "person", "said": text, "uploads": files},
            )
        )
        model = OfflinePlanner().bind_tools(list(BY_NAME.values()))
        for _ in range(20):
            answer = model.invoke(self.messages)
            assert isinstance(answer, AIMessage)
            self.messages.append(answer)
            if not answer.tool_calls:
                return answer.text
            for call in answer.tool_calls:
                self._run(call["name"], call["args"], call["id"] or "")
        pytest.fail("the planner never came to an end")

    def _run(self, tool: str, args: Facts, call_id: str) -> None:
        facts, resolved = self.world.call(tool, args)
        failed = isinstance(facts, str)
        self.world.calls.append((tool, resolved))
        self.messages.append(
            ToolMessage(
                facts if failed else json.dumps(facts),
                tool_call_id=call_id,
                name=tool,
                status="error" if failed else "success",
            )
        )


def _is_found(asset: Facts, query: Facts) -> bool:
    words = query_words(" ".join([asset["name"], asset["description"], *asset["tags"]]))
    return (
        all(word in words for word in query_words(query.get("text", "")))
        and set(query.get("tags", [])) <= set(asset["tags"])
        and query.get("category", "") in {"", asset["category"]}
        and not (query.get("untagged") and asset["tags"])
    )


def _assets() -> list[Facts]:
    with (CHAT / "uploads" / "rpg_items.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "asset_id": f"ast_aaaaaaaaaa-{n:05d}-001-r1",
            "name": row["name"],
            "description": row["description"],
            "category": row["category"],
            "tags": [row["category"]],
        }
        for n, row in enumerate(rows, 1)
    ]


ASSETS = _assets()


def _set_up(chat: Chat, setup: Sequence[str]) -> None:
    world = chat.world
    states = {"batch_running": "RUNNING", "batch_ready": "READY", "batch_failed_some": "PARTIAL"}
    for state in setup:
        if state.startswith("style:"):
            world.styles.append(state.removeprefix("style:"))
        if state in states:
            world.draft(40, states[state])
            world.assets = ASSETS
        if state == "assets_shown":
            call: Any = {"name": "search", "args": {}, "id": "call_0", "type": "tool_call"}
            shown = json.dumps({"assets": ASSETS[:5], "total": 5})
            chat.messages += [
                HumanMessage("show me the assets", additional_kwargs={"kind": "person"}),
                AIMessage("", tool_calls=[call]),
                ToolMessage(shown, tool_call_id="call_0", name="search"),
                AIMessage("Here is what I found."),
            ]


def run_request(request: Facts) -> tuple[Chat, str]:
    """Plays one line of a requests file; returns the chat and what is wrong with it."""
    chat = Chat(ScriptedWorld())
    _set_up(chat, request.get("setup", []))
    uploads = {f"upl_{n:010d}": CHAT / p for n, p in enumerate(request.get("uploads", []), 1)}
    for turn, text in enumerate(request["say"]):
        chat.say(text, uploads if turn == 0 else None)
    return chat, _problem(request, chat.world.calls)


def _problem(request: Facts, calls: Sequence[tuple[str, Facts]]) -> str:
    called = [tool for tool, _ in calls]
    for tool in request.get("forbid", []):
        if tool in called:
            return f"{tool} must not be called: {calls}"
    left = iter(calls)
    for expected in request["expect"]:
        if not any(_matches(expected, tool, args) for tool, args in left):
            return f"no {expected} in {calls}"
    return ""


def _matches(expected: Facts, tool: str, args: Facts) -> bool:
    return tool == expected["tool"] and all(
        _holds(key, value, args) for key, value in expected.get("args", {}).items()
    )


def _holds(key: str, value: Any, args: Facts) -> bool:
    actual = args.get(key)
    if key in {"presets", "tags", "add"}:
        return set(value) <= set(actual or [])
    if key == "text":
        stems = {word.casefold().rstrip("s") for word in str(actual).split()}
        return all(word.casefold().rstrip("s") in stems for word in value.split())
    if isinstance(value, str):
        return str(actual).casefold() == value.casefold()
    return actual == value


@pytest.fixture
def play() -> Callable[[Facts], tuple[Chat, str]]:
    """Plays one line of a requests file; the second value says what is wrong, or nothing."""
    return run_request


@pytest.fixture
def chat() -> Chat:
    """A new thread in an empty workspace."""
    return Chat(ScriptedWorld())
