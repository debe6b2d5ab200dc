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
from assetql.domain.identity import Action, Principal
from assetql.domain.upload import Upload
from assetql.ports import Clock, Stores
from assetql.services import Services
from integrations.gradio.display import Answer, Display, Durations, Messages
from integrations.gradio.playground import Playground
from integrations.gradio.transcript import Entry, Said, Used, read_thread

NEW_THREAD = "web-"
_DURATIONS = Durations()


def new_thread() -> str:
    """The id of a thread that begins in the browser."""
    return f"{NEW_THREAD}{str(ULID()).casefold()}"


def new_message() -> str:
    """The id of something that is said in the browser."""
    return f"web:{ULID()}"


def new_said(typed: Mapping[str, object], uploads: Iterable[Upload]) -> NewMessage:
    """What was typed, under the id that it got when it left the box."""
    ids = tuple(upload.upload_id for upload in uploads)
    text = str(typed.get("text") or "")
    return NewMessage(message_id=str(typed["id"]), text=text, uploads=ids)


def was_said(message_id: str, thread_id: str, caller: Principal, services: Services) -> bool:
    """Whether the thread has the message, answered or not."""
    caller.require(Action.READ)
    if not thread_id:
        return False
    inbox = services.stores.inbox.after(caller.workspace, thread_id, 0)
    return any(each.message_id == message_id for each in inbox)


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
    message: NewMessage | None,
    uploads: Iterable[Upload] = (),
) -> AsyncGenerator[Messages]:
    """Says `message` with its `uploads` (None: lets the assistant take up its news).

    Yields the chat as it grows.
    """
    display = await shown_thread(playground, caller, thread_id)
    if message is not None:
        display.said(Said(message.text, tuple(_facts(upload) for upload in uploads)))
        yield display.messages
    turn = run_turn(playground.agent, caller=caller, thread_id=thread_id, message=message)
    async with aclosing(turn) as parts:
        async for event in chat_events(parts):
            display.event(event)
            yield display.messages


async def ask(playground: Playground, caller: Principal, thread_id: str, text: str) -> str:
    """Says `text` and returns the whole answer, for programs."""
    message = NewMessage(message_id=new_message(), text=text)
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
