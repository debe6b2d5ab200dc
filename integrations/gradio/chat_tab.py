"""The chat's part of the page: conversation, question, message box, and the live view."""

from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from assetql.domain.errors import Unavailable
from assetql.domain.identity import Principal
from assetql.pipeline.approve import answer_approval
from integrations.gradio import live
from integrations.gradio.chat import (
    ask,
    converse,
    new_message,
    new_said,
    new_thread,
    shown_thread,
    was_said,
)
from integrations.gradio.display import Messages
from integrations.gradio.files import keep_file
from integrations.gradio.playground import Playground, caller_of, explained

_SOON, _LATER = 1.5, 6.0  # seconds between looks, while something moves and otherwise
_TURNS = 32  # at once, of all people together
ASK = (
    "Use these three images as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package and a sprite atlas."
)
_EXAMPLES = (
    "12 health potions in glass flasks, glowing, 256 px",
    "Show me red potions",
    "What styles do we have?",
)
_REMEMBER = """(thread) => {
  const url = new URL(window.location);
  const before = url.searchParams.get('thread') || '';
  window.onpopstate = () => window.location.reload();
  if (before === thread) return;
  thread ? url.searchParams.set('thread', thread) : url.searchParams.delete('thread');
  before ? history.pushState(null, '', url) : history.replaceState(null, '', url);
}"""
Update = dict[str, Any]
_EMPTY: Update = {"text": "", "files": []}


class ChatTab:
    """Builds the tab in the Blocks that are open; `thread` holds the id of the open thread."""

    def __init__(self, playground: Playground, thread: gr.Textbox) -> None:
        self._playground = playground
        self.thread = thread
        self._build()
        self._wire()

    def _build(self) -> None:
        self.said = gr.State(_EMPTY)  # what is being said
        self.seen = gr.State(0)  # the inbox position that the chat shows
        self.mark = gr.State("")  # of what the live view shows
        self.news = gr.Textbox(visible=False)
        self.approval = gr.Textbox(visible=False)
        self.timer = gr.Timer(_SOON)
        with gr.Row(elem_id="chat-row"):
            with gr.Column(scale=7, min_width=320, elem_id="talk"):
                self.chat = gr.Chatbot(
                    label="Conversation",
                    show_label=False,
                    container=False,
                    height="100%",
                    buttons=["copy"],
                    layout="panel",
                    placeholder=_WELCOME,
                    examples=self._examples(),
                    feedback_options=None,
                    latex_delimiters=[],
                    allow_tags=False,
                    elem_id="chat",
                )
                with gr.Row(visible=False, elem_id="approval") as self.bar:
                    self.question = gr.HTML(padding=False)
                    self.yes = gr.Button("Approve", variant="primary", min_width=110, scale=0)
                    self.no = gr.Button("Decline", min_width=110, scale=0)
                self.box = gr.MultimodalTextbox(
                    _EMPTY,
                    label="Message",
                    show_label=False,
                    placeholder="Describe what to make. Attach a CSV list or reference images.",
                    file_count="multiple",
                    file_types=["image", ".csv", ".tsv", ".txt"],
                    max_lines=8,
                    autofocus=True,
                    elem_id="box",
                    html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                )
            with gr.Column(scale=4, min_width=300, elem_id="live"):
                self.panel = gr.HTML(live.panel_of(None), padding=False)

    def _examples(self) -> list[Any]:
        said = [{"text": text} for text in _EXAMPLES]
        if not self._playground.examples:
            return said
        names = "an RPG list of 40 and three references"
        return [{"text": ASK, "display_text": f"Run the whole job on the example: {names}"}, *said]

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # What takes a moment is a request of its own, beside the queue and its stream.
        brief: dict[str, Any] = {**quiet, "queue": False}
        turn: dict[str, Any] = {**quiet, "concurrency_id": "turns", "concurrency_limit": _TURNS}
        shown = [self.chat, self.thread, self.seen]
        self.turns = [self.news.change(self.listen, [self.thread, self.news], shown, **turn)]
        taken = (
            self.box.submit(self.take, self.box, [self.said, self.box], **brief),
            self.chat.example_select(self.take_example, None, [self.said, self.box], **brief),
        )
        for event in taken:
            said = event.success(self.say, [self.said, self.thread], shown, **turn)
            said.then(self.release, None, self.box, **brief)
            said.failure(self.give_back, [self.said, self.thread], self.box, **brief)
            self.turns.append(said)
        stopped: Any = self.turns  # gradio's stub says otherwise than its own code
        self.box.stop(self.release, None, self.box, cancels=stopped, **quiet)
        self.thread.change(None, self.thread, None, js=_REMEMBER, **brief)
        self.answered = [
            self.yes.click(self.approve, self.approval, self.bar, **brief),
            self.no.click(self.decline, self.approval, self.bar, **brief),
        ]
        live_view = [self.bar, self.question, self.approval, self.panel, self.mark, self.timer]
        for trigger in (self.timer.tick, self.thread.change, *(a.then for a in self.answered)):
            trigger(
                self.look,
                [self.thread, self.seen, self.mark],
                [*live_view, self.news, self.chat, self.seen],
                **brief,
            )
        api(self.program, api_name="chat", concurrency_id="turns", concurrency_limit=_TURNS)

    def take(self, message: Update) -> tuple[Update, Update]:
        """What was typed and attached leaves the box, which then offers to stop."""
        if not str(message.get("text") or "").strip() and not message.get("files"):
            raise gr.Error("Write something, or attach a file.", print_exception=False)
        return {**message, "id": new_message()}, gr.update(
            value=_EMPTY, submit_btn=False, stop_btn=True
        )

    def take_example(self, picked: gr.SelectData) -> tuple[Update, Update]:
        """A prompt of the empty chat; the first comes with the shipped files."""
        text = str(picked.value["text"])
        files = [str(file) for file in self._playground.examples] if text == ASK else []
        return self.take({"text": text, "files": files})

    def release(self) -> Update:
        """The box when it is the person's turn again."""
        return gr.update(submit_btn=True, stop_btn=False)

    async def give_back(self, message: Update, thread: str, request: gr.Request) -> Update:
        """What could not be said stands in the box again; what was stopped has been said."""
        services = self._playground.services
        with explained():
            caller = caller_of(request)
            said = await self._playground.agent.call(
                was_said, str(message["id"]), thread, caller, services
            )
        typed = {"text": message.get("text"), "files": message.get("files")}
        return self.release() if said else gr.update(value=typed, submit_btn=True, stop_btn=False)

    async def say(
        self, message: Update, thread: str, request: gr.Request
    ) -> AsyncGenerator[tuple[Any, ...]]:
        """Says what was taken from the box."""
        files = [Path(file) for file in message.get("files") or ()]
        async for shown in self._turn(message, files, thread, request):
            yield shown

    async def listen(
        self, thread: str, news: str, request: gr.Request
    ) -> AsyncGenerator[tuple[Any, ...]]:
        """Lets the assistant take up what the thread was told."""
        if not news:
            yield gr.skip(), gr.skip(), gr.skip()  # a generator without a value clears its outputs
            return
        async for shown in self._turn(None, [], thread, request):
            yield shown

    async def _turn(
        self, message: Update | None, files: list[Path], thread: str, request: gr.Request
    ) -> AsyncGenerator[tuple[Any, ...]]:
        playground = self._playground
        with explained():
            caller = caller_of(request)
            thread = thread or new_thread()
            uploads = [
                await playground.agent.call(
                    keep_file,
                    file,
                    caller=caller,
                    services=playground.services,
                    thread_id=thread,
                )
                for file in files
            ]
            said = new_said(message, uploads) if message else None
            messages: Messages = []
            async for messages in converse(playground, caller, thread, said, uploads):
                yield messages, thread, gr.skip()
            pulse = await self._pulse(thread, caller)
            yield messages, thread, pulse.consumed

    async def program(self, message: str, thread: str, request: gr.Request) -> tuple[str, str]:
        """Says `message` in `thread` (empty: a new one); the answer, and the thread's id."""
        with explained():
            thread = thread or new_thread()
            return await ask(self._playground, caller_of(request), thread, message), thread

    async def approve(self, approval_id: str, request: gr.Request) -> Update:
        """Yes."""
        return await self._answer(approval_id, approve=True, request=request)

    async def decline(self, approval_id: str, request: gr.Request) -> Update:
        """No."""
        return await self._answer(approval_id, approve=False, request=request)

    async def _answer(self, approval_id: str, *, approve: bool, request: gr.Request) -> Update:
        with explained():
            await self._playground.agent.call(
                answer_approval,
                approval_id,
                approve=approve,
                caller=caller_of(request),
                stores=self._playground.stores,
                clock=self._playground.services.clock,
            )
        return gr.update(visible=False)

    async def _pulse(self, thread: str, caller: Principal) -> live.Pulse:
        return await self._playground.agent.call(
            live.pulse_of, thread, caller=caller, services=self._playground.services
        )

    async def look(self, thread: str, seen: int, mark: str, request: gr.Request) -> tuple[Any, ...]:
        """Brings up to date what others changed: workers, other doors, other people."""
        try:
            caller = caller_of(request)
            pulse = await self._pulse(thread, caller)
            news = str(pulse.newest) if pulse.has_news else ""
            unseen = pulse.consumed != seen and not pulse.turning and not news
            chat: Any = gr.skip()
            if unseen:
                chat = (await shown_thread(self._playground, caller, thread)).messages
        except Unavailable:  # the next look may succeed; nobody asked for this one
            return (gr.skip(),) * 9
        return (*_live(pulse, mark), news, chat, pulse.consumed if unseen else gr.skip())


def _live(pulse: live.Pulse, mark: str) -> tuple[Any, ...]:
    """Bar, question, approval, panel, mark and timer; what is the same is left alone."""
    question, panel = live.question(pulse), live.panel_of(pulse)
    pause = _SOON if pulse.running or pulse.approval else _LATER
    now = sha256(f"{question}{panel}{pause}".encode()).hexdigest()
    if now == mark:
        return (gr.skip(),) * 6
    asked = pulse.approval.approval_id if pulse.approval else ""
    return gr.update(visible=bool(asked)), question, asked, panel, now, gr.Timer(pause)


_WELCOME = """# What shall we make?
Attach a list (CSV) and a few reference images, say what you need, and approve the price.
You get tagged, engine-ready assets in one style."""
