"""A conversation as the chat shows it: prose, tool steps as thoughts, facts as cards."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

import gradio as gr

from agent.cards import card_lines
from agent.events import (
    ApprovalNeeded,
    ChatEvent,
    Done,
    ErrorEvent,
    Notice,
    Token,
    ToolFinished,
    ToolProgress,
    ToolStarted,
)
from agent.state import LOST_RESULT
from integrations.gradio.cards import Artifact, approval_card, card, notice_card
from integrations.gradio.markup import image, media, tag, text
from integrations.gradio.transcript import Answered, Entry, Said, Told, Used

Messages = list[gr.ChatMessage]
_MOST_DURATIONS = 5_000
# What stands in its step alone; other artifacts are shown as cards of their own.
_IN_STEP = frozenset({"tags", "follow_up"})
_STEPS = {
    "set_style": "Learn the style",
    "create_batch": "Read the list and draft the batch",
    "quote": "Price it",
    "generate": "Ask for the start",
    "batch_status": "Look at the batch",
    "cancel_batch": "Cancel the batch",
    "retry_failed": "Run what failed again",
    "tag": "Tag the images",
    "edit_tags": "Edit tags",
    "search": "Search",
    "make_variations": "Draft variations",
    "export": "Package for the engine",
    "list_styles": "List the styles",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How an approval stands."""

    status: str
    answered_by: str | None = None


class Durations:
    """How long calls took that this process saw, in seconds; the state of a thread doesn't say."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def note(self, call_id: str, seconds: float) -> None:
        """Remembers the newest few thousand."""
        self._seconds[call_id] = round(seconds, 2)
        if len(self._seconds) > _MOST_DURATIONS:
            self._seconds.popitem(last=False)

    def of(self, call_id: str) -> float | None:
        """None where it was before this process began."""
        return self._seconds.get(call_id)


@dataclass(slots=True)
class Display:
    """The messages so far; `answers` tells of approvals how they stand."""

    durations: Durations
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    messages: Messages = field(default_factory=list[gr.ChatMessage])
    _steps: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    _speaking: bool = False

    def entry(self, entry: Entry) -> None:
        """Adds what a thread's state holds."""
        match entry:
            case Said():
                self.said(entry)
            case Answered(words):
                self._prose(words)
            case Used():
                self._begin(entry.call_id, entry.name)
                self._end(entry.call_id, entry.artifact, entry.text, failed=entry.failed)
            case Told(words, facts):
                self._told(words, facts)

    def event(self, event: ChatEvent) -> None:
        """Adds what happens in a turn; an approval's card was shown when its tool finished."""
        if isinstance(event, Token):
            self._token(event.text)
            return
        self._speaking = False
        match event:
            case ToolStarted() | ToolProgress() | ToolFinished():
                self._step(event)
            case Notice(words, facts):
                self._told(words, facts)
            case ErrorEvent(_, what, remedy):
                said = tag("strong", text(what)) + tag("p", text(remedy))
                self._html(tag("div", said, class_="aq-card aq-error", role="alert"))
            case Done(reply, joined=True) if reply:
                self._prose(reply)
            case Done() | ApprovalNeeded():
                pass

    def _step(self, event: ToolStarted | ToolProgress | ToolFinished) -> None:
        match event:
            case ToolStarted(call_id, name, args):
                self._begin(call_id, name, args)
            case ToolProgress(call_id, words, done, total):
                self._progress(call_id, f"{words} {done}/{total}" if total else words)
            case ToolFinished(call_id, _, artifact, status, words):
                self.durations.note(call_id, monotonic() - self._steps[call_id][1])
                self._end(call_id, artifact, words, failed=status == "error")

    def said(self, said: Said) -> None:
        """Adds what a person wrote."""
        files = [_attachment(file) for file in said.uploads]
        content: list[object] = [said.text] if said.text else []
        if files:
            content.append(_html(tag("div", *files, class_="aq-files")))
        self.messages.append(gr.ChatMessage(content=content, role="user"))  # pyright: ignore[reportArgumentType] - gradio's union lacks lists of both

    def _prose(self, words: str) -> None:
        self.messages.append(gr.ChatMessage(content=words))

    def _token(self, words: str) -> None:
        if self._speaking:
            last = self.messages[-1]
            last.content = f"{last.content}{words}"
        elif words.strip():
            self._prose(words)
            self._speaking = True

    def _begin(self, call_id: str, name: str, args: Mapping[str, object] | None = None) -> None:
        self._steps[call_id] = (len(self.messages), monotonic())
        title = _STEPS.get(name, name.replace("_", " ").capitalize())
        asked = json.dumps(args, ensure_ascii=False, default=str) if args else ""
        self.messages.append(
            gr.ChatMessage(content=_lines([asked]), metadata={"title": title, "status": "pending"})
        )

    def _progress(self, call_id: str, words: str) -> None:
        if call_id in self._steps:
            self.messages[self._steps[call_id][0]].metadata["log"] = text(words)

    def _end(self, call_id: str, artifact: Artifact | None, words: str, *, failed: bool) -> None:
        step = self.messages[self._steps[call_id][0]]
        step.metadata["status"] = "done"
        took = self.durations.of(call_id)
        if took is not None:
            step.metadata["duration"] = took
        if failed:
            lost = words == LOST_RESULT
            step.metadata["log"] = "cut off; it may have worked" if lost else "did not work"
        step.content = _lines(card_lines(artifact) if artifact else [words])
        if artifact and artifact.get("kind") not in _IN_STEP:
            self._html(self._card(artifact))

    def _card(self, artifact: Artifact) -> str:
        if artifact.get("kind") != "approval":
            return card(artifact)
        asked = Answer(str(artifact.get("status")))
        stands = self.answers.get(str(artifact.get("approval_id")), asked)
        return approval_card(artifact, stands.status, stands.answered_by)

    def _told(self, words: str, facts: Artifact) -> None:
        earlier = facts.get("earlier")
        if isinstance(earlier, list):
            content = _lines([str(line) for line in earlier])  # pyright: ignore[reportUnknownArgumentType]
            self.messages.append(
                gr.ChatMessage(content=content, metadata={"title": words, "status": "done"})
            )
        else:
            self._html(notice_card(words, facts))

    def _html(self, markup: str) -> None:
        self.messages.append(gr.ChatMessage(content=_html(markup)))


def _html(markup: str) -> gr.HTML:
    return gr.HTML(markup, padding=False)


def _lines(lines: list[str]) -> gr.HTML:
    return _html(tag("pre", text("\n".join(lines)), class_="aq-lines"))


def _attachment(file: Mapping[str, object]) -> str:
    name = file.get("file_name", "a file that is gone")
    inner = text(name)
    if str(file.get("media_type", "")).startswith("image/"):
        inner = image(media("uploads", str(file["upload_id"])), name) + inner
    return tag("span", inner, class_="aq-file")
