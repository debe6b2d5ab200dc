"""The chat's events: what people say, what threads are told, and conversations read again."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from html import escape
from typing import Any

import gradio as gr
from ulid import ULID

from agent.events import Done, ErrorEvent, chat_events
from agent.inbox import NewMessage
from agent.turn import run_turn
from assetql.domain.identity import Principal
from assetql.domain.upload import Upload
from assetql.ports import Clock, Stores
from integrations.gradio.display import Answer, Display, Durations, Messages
from integrations.gradio.playground import Playground
from integrations.gradio.transcript import Entry, Said, Used, read_thread

NEW_THREAD = "web-"
_DURATIONS = Durations()


def new_thread() -> str:
    """The id of a thread that begins in the browser."""
    return f"{NEW_THREAD}{str(ULID()).casefold()}"


async def shown_thread(playground: Playground, caller: Principal, thread_id: str) -> Display:
    """The thread as it stands, approvals with who answered them."""
    entries = await read_thread(playground, caller, thread_id)
    answers = await playground.agent.call(
        _answers, entries, caller.workspace, playground.stores, playground.services.clock
    )
    display = Display(_DURATIONS, answers)
    for entry in entries:
        display.entry(entry)
    return display


def _answers(
    entries: Iterable[Entry], workspace: str, stores: Stores, clock: Clock
) -> Mapping[str, Answer]:
    cards = (e.artifact for e in entries if isinstance(e, Used) and e.artifact)
    ids = {str(card["approval_id"]) for card in cards if card.get("kind") == "approval"}
    asked = (stores.approvals.get(workspace, approval_id) for approval_id in ids)
    now = clock.now()
    return {a.approval_id: Answer(a.status_at(now).value, a.answered_by) for a in asked if a}


async def converse(
    playground: Playground,
    caller: Principal,
    thread_id: str,
    text: str | None,
    uploads: Iterable[Upload] = (),
) -> AsyncGenerator[Messages]:
    """Says `text` (None: lets the assistant take up its news) and yields the chat as it grows."""
    display = await shown_thread(playground, caller, thread_id)
    message = None
    if text is not None:
        files = tuple(uploads)
        display.said(Said(text, tuple(_facts(upload) for upload in files)))
        ids = tuple(upload.upload_id for upload in files)
        message = NewMessage(message_id=f"web:{ULID()}", text=text, uploads=ids)
        yield display.messages
    turn = run_turn(playground.agent, caller=caller, thread_id=thread_id, message=message)
    async with aclosing(turn) as parts:
        async for event in chat_events(parts):
            display.event(event)
            yield display.messages


async def ask(playground: Playground, caller: Principal, thread_id: str, text: str) -> str:
    """Says `text` and returns the whole answer, for programs."""
    message = NewMessage(message_id=f"web:{ULID()}", text=text)
    turn = run_turn(playground.agent, caller=caller, thread_id=thread_id, message=message)
    answer = ""
    async with aclosing(turn) as parts:
        async for event in chat_events(parts):
            if isinstance(event, ErrorEvent):
                raise gr.Error(escape(f"{event.message} {event.remedy}"), print_exception=False)
            answer = event.reply if isinstance(event, Done) else answer
    return answer


def _facts(upload: Upload) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "file_name": upload.filename,
        "media_type": upload.media_type,
    }
