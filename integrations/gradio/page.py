"""The page: a sidebar of conversations, and a tab for each thing that people do."""

from pathlib import Path
from typing import Any

import gradio as gr

from integrations.gradio import standing, threads
from integrations.gradio.chat import shown_thread
from integrations.gradio.chat_tab import ChatTab
from integrations.gradio.export_tab import ExportTab
from integrations.gradio.gallery_tab import GalleryTab
from integrations.gradio.playground import Playground, caller_of, explained
from integrations.gradio.styles_tab import StylesTab

_QUEUED = 200  # events that may wait; more are told to come back
_AT_ONCE = 16  # of each kind of event
_CACHE = (3_600, 86_400)  # seconds: how often Gradio's copies of uploads are cleared, and their age
_OPEN = """
element.addEventListener('click', (event) => {
  const link = event.target.closest('[data-thread]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  trigger('select', {thread: link.dataset.thread});
});
"""


class Page:
    """The Blocks, with every event of theirs."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        with gr.Blocks(
            title="AssetQL", fill_width=True, fill_height=True, delete_cache=_CACHE
        ) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=_QUEUED, default_concurrency_limit=_AT_ONCE)

    def _build(self) -> None:
        playground = self._playground
        self.thread = gr.Textbox(visible=False)
        with gr.Sidebar(width=272, elem_id="threads"):
            self.new = gr.Button("New conversation", variant="secondary", elem_id="new")
            self.threads = gr.HTML(padding=False, js_on_load=_OPEN)
        self.banner = gr.HTML(padding=False)
        with gr.Tabs(elem_id="tabs") as self.tabs:
            with gr.Tab("Chat", id="chat"):
                self.chat = ChatTab(playground, self.thread)
            with gr.Tab("Gallery", id="gallery") as self.gallery_tab:
                self.gallery = GalleryTab(playground, self.thread)
            with gr.Tab("Styles", id="styles", elem_id="styles") as self.styles_tab:
                self.styles = StylesTab(playground)
            with gr.Tab("Export", id="export", elem_id="export") as self.export_tab:
                self.export = ExportTab(playground)

    def _wire(self) -> None:
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "queue": False,
        }
        opened = [self.thread, self.chat.chat]
        self.blocks.load(self.enter, None, [*opened, self.banner, self.threads], **quiet)
        self.threads.select(self.open, None, [*opened, self.threads, self.tabs], **quiet)
        self.new.click(self.begin, None, [*opened, self.threads, self.tabs], **quiet)
        for turn in (*self.chat.turns, *self.chat.answered):
            turn.then(self.aside, self.thread, [self.banner, self.threads], **quiet)
        gallery = self.gallery
        entered = self.gallery_tab.select(
            gallery.open, None, [gallery.batch, gallery.style], **quiet
        )
        found = [gallery.heading, gallery.grid, gallery.more, gallery.cursor, gallery.assets]
        entered.then(gallery.find, gallery.form, found, **quiet)
        gallery.varied.success(lambda: gr.Tabs(selected="chat"), None, self.tabs, **quiet)
        self.styles_tab.select(self.styles.open, None, self.styles.shelf, **quiet)
        export = self.export
        self.export_tab.select(export.open, None, [export.batch, export.earlier], **quiet)

    async def enter(self, request: gr.Request) -> tuple[Any, ...]:
        """The page as its address names it: a reload stays in its conversation."""
        named = str(dict(request.query_params).get("thread", ""))
        return (*await self._opened(named, request), *await self.aside(named, request))

    async def open(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """The conversation that was picked."""
        named = str(event.thread)  # pyright: ignore[reportAttributeAccessIssue] - what the list sends
        _, listing = await self.aside(named, request)
        return (*await self._opened(named, request), listing, gr.Tabs(selected="chat"))

    async def begin(self, request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation."""
        _, listing = await self.aside("", request)
        return "", [], listing, gr.Tabs(selected="chat")

    async def _opened(self, thread: str, request: gr.Request) -> tuple[str, Any]:
        with explained():
            shown = await shown_thread(self._playground, caller_of(request), thread)
        return thread, shown.messages

    async def aside(self, thread: str, request: gr.Request) -> tuple[str, str]:
        """Banner and conversations, as they are now."""
        services, call = self._playground.services, self._playground.agent.call
        with explained():
            caller = caller_of(request)
            banner = await call(standing.banner, caller, services)
            return banner, await call(threads.listing, thread, caller, services)


STYLES = Path(__file__).with_name("style.css")
SCRIPT = Path(__file__).with_name("page.js")
