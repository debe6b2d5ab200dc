"""What the planner knows of a thread: who said what last, what tools answered, what is attached."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent.inbox import said
from agent.prompts import EARLIER

Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """A tool call that was answered; `facts` are empty where it failed."""

    tool: str
    args: Facts
    facts: Facts
    error: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    upload_id: str
    filename: str
    media_type: str

    @property
    def is_image(self) -> bool:
        """Whether it can be a reference of a style."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`said` is what awaits an answer, `done` what was called for it, `past` what came before."""

    said: str
    attached: tuple[Attachment, ...] = ()
    notices: tuple[Facts, ...] = ()
    done: tuple[Result, ...] = ()
    past: tuple[Result, ...] = ()
    earlier_files: tuple[Attachment, ...] = ()
    earlier_said: tuple[str, ...] = ()
    last_reply: str = ""
    turn_id: str = ""

    def last(self, *tools: str) -> Result | None:
        """The newest result of these tools before this message."""
        return next((r for r in reversed(self.past) if r.tool in tools and not r.error), None)

    @property
    def batch_id(self) -> str:
        """The batch that was spoken of last; empty where none was."""
        ids = (str(r.facts.get("batch_id") or "") for r in reversed(self.past) if not r.error)
        return next((batch_id for batch_id in ids if batch_id), "")

    @property
    def draft_id(self) -> str:
        """The newest batch that was drafted here and whose start was not asked for."""
        asked = {r.facts.get("batch_id") for r in self.past if r.tool == "generate"}
        gone = {r.facts.get("batch_id") for r in self.past if r.tool == "cancel_batch"}
        for result in reversed(self.past):
            batch_id = result.facts.get("batch_id")
            if result.tool == "create_batch" and batch_id and batch_id not in asked | gone:
                return str(batch_id)
        return ""

    @property
    def listing(self) -> tuple[Facts, ...]:
        """The assets that were listed last."""
        result = self.last("search")
        return assets_of(result) if result else ()

    @property
    def listing_is_latest(self) -> bool:
        """Whether the last thing that was shown is a list of assets."""
        shown = [r.tool for r in self.past if not r.error and r.tool != "list_styles"]
        return bool(shown) and shown[-1] == "search"

    @property
    def style_name(self) -> str:
        """The style that was learnt or used last."""
        for result in reversed(self.past):
            name = result.facts.get("name" if result.tool == "set_style" else "style")
            if result.tool in {"set_style", "create_batch"} and name:
                return str(name)
        return ""


def assets_of(result: Result) -> tuple[Facts, ...]:
    """The assets that a search found."""
    return tuple(cast("list[Facts]", result.facts.get("assets") or []))


def read(messages: Sequence[BaseMessage]) -> Conversation:
    """The conversation as of the newest message of a person, or notice."""
    talk = [m for m in messages if m.type in {"human", "ai", "tool"} and not _is_synopsis(m)]
    newest = max((i for i, m in enumerate(talk) if isinstance(m, HumanMessage)), default=-1)
    first = newest
    while first > 0 and isinstance(talk[first - 1], HumanMessage):
        first -= 1
    now = [m for m in talk[max(first, 0) : newest + 1] if isinstance(m, HumanMessage)]
    past = talk[: max(first, 0)]
    spoken = [text for m in now if (text := said(m)) is not None]
    return Conversation(
        said="\n".join(spoken),
        attached=tuple(file for m in now for file in _files(m)),
        notices=tuple(_notice(m) for m in now if said(m) is None),
        done=tuple(_results(talk[newest + 1 :])),
        past=tuple(_results(past)),
        earlier_files=tuple(file for m in past for file in _files(m)),
        earlier_said=tuple(
            text for m in past if isinstance(m, HumanMessage) and (text := said(m)) is not None
        ),
        last_reply=_last_reply(past),
        turn_id=f"{now[-1].id or ''}:{newest}:{now[-1].text}" if now else "",
    )


def _is_synopsis(message: BaseMessage) -> bool:
    return isinstance(message, HumanMessage) and message.text.startswith(EARLIER)


def _files(message: BaseMessage) -> Iterator[Attachment]:
    uploads = cast("list[Facts]", message.additional_kwargs.get("uploads", []))
    for upload in uploads:
        yield Attachment(
            str(upload.get("upload_id", "")),
            str(upload.get("file_name", "")),
            str(upload.get("media_type", "")),
        )


def _notice(message: HumanMessage) -> Facts:
    return cast("Facts", message.additional_kwargs.get("facts", {}))


def _last_reply(messages: Sequence[BaseMessage]) -> str:
    replies = (m.text for m in reversed(messages) if isinstance(m, AIMessage) and m.text)
    return next(replies, "")


def _results(messages: Sequence[BaseMessage]) -> Iterator[Result]:
    calls: dict[str, tuple[str, Facts]] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            for call in message.tool_calls:
                calls[call["id"] or ""] = (call["name"], cast("Facts", call["args"]))
        if isinstance(message, ToolMessage) and message.tool_call_id in calls:
            tool, args = calls[message.tool_call_id]
            facts = _facts(message.text)
            if message.status == "error" or facts is None:
                yield Result(tool, args, {}, error=message.text or "No answer.")
            else:
                yield Result(tool, args, facts)


def _facts(content: str) -> Facts | None:
    try:
        facts = json.loads(content)
    except ValueError:
        return None
    return cast("Facts", facts) if isinstance(facts, dict) else None
