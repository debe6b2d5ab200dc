"""The gallery's part of the page: filters, images, and one image with its actions."""

from dataclasses import fields
from typing import Any

import gradio as gr

from assetql.domain.colors import NAMED
from integrations.gradio import exports, gallery, styles
from integrations.gradio.chat import new_thread
from integrations.gradio.gallery import Filters
from integrations.gradio.markup import empty, tag
from integrations.gradio.playground import Playground, caller_of, explained

_PICK = """
element.addEventListener('click', (event) => {
  const chosen = event.target.closest('[data-pick]');
  if (!chosen) return;
  element.querySelectorAll('[aria-pressed]').forEach((it) => it.removeAttribute('aria-pressed'));
  chosen.setAttribute('aria-pressed', 'true');
  trigger('select', {asset: chosen.dataset.pick});
});
"""
# What a click changes may lie above or below what is seen, on a telephone always.
_TO_FOUND = "() => document.getElementById('search').scrollIntoView({behavior: 'smooth'})"
_TO_PICKED = """() => window.matchMedia('(max-width: 820px)').matches
  && document.getElementById('one').scrollIntoView({behavior: 'smooth'})"""
_NOTHING = empty("Pick an image", "What it is made of, and what you can do with it.")


class GalleryTab:
    """Builds the tab in the Blocks that are open; variations are asked for in `thread`."""

    def __init__(self, playground: Playground, thread: gr.Textbox) -> None:
        self._playground = playground
        self._thread = thread
        self._build_filters()
        with gr.Row(elem_id="gallery-row"):
            with gr.Column(scale=7, min_width=320):
                self.heading = gr.HTML(padding=False)
                self.grid = gr.HTML(padding=False, js_on_load=_PICK, elem_id="grid")
                self.more = gr.Button("Show more", visible=False, size="sm")
                with gr.Row(elem_classes="aq-inline"):
                    self.found_presets = gr.Dropdown(
                        exports.PRESET_CHOICES, value=["raw"], multiselect=True, label="Package all"
                    )
                    self.pack_found = gr.Button("Export these", scale=0, min_width=130)
                self.packed = gr.HTML(padding=False)
            with gr.Column(scale=4, min_width=300, elem_id="one"):
                self._build_one()
        self._wire()

    def _build_filters(self) -> None:
        with gr.Row(elem_id="search"):
            self.words = gr.Textbox(
                label="Search", placeholder="Words of name, prompt and tags", scale=3, min_width=200
            )
            self.batch = gr.Dropdown([("All batches", "")], value="", label="Batch", scale=2)
            self.search = gr.Button("Search", variant="primary", scale=0, min_width=110)
            self.clear = gr.Button("Reset", scale=0, min_width=90)
        with gr.Accordion("More filters", open=False), gr.Row():
            self.category = gr.Textbox(label="Category", placeholder="potion", min_width=140)
            self.tags = gr.Textbox(label="Tags", placeholder="red, glass", min_width=140)
            self.style = gr.Dropdown([("Any", "")], value="", label="Style", min_width=140)
            self.since = gr.Textbox(label="Since", placeholder="7d or 2026-01-31", min_width=140)
            colors = [("Any", ""), *((name.capitalize(), name) for name in NAMED)]
            self.color = gr.Dropdown(colors, value="", label="Colour", min_width=140)
        self.similar = gr.Textbox(visible=False)
        self.cursor = gr.State(None)
        self.assets = gr.State(())

    def _build_one(self) -> None:
        self.asset = gr.Textbox(visible=False)
        self.one = gr.HTML(_NOTHING, padding=False)
        with gr.Column(visible=False) as self.actions:
            self.likes = gr.Button("More like this", size="sm")
            with gr.Row(elem_classes="aq-inline"):
                self.new_tags = gr.Textbox(
                    label="Add tags", placeholder="boss, rare", min_width=120
                )
                self.old_tags = gr.Textbox(label="Remove tags", min_width=120)
                self.retag = gr.Button("Save tags", scale=0, min_width=100)
            with gr.Row(elem_classes="aq-inline"):
                self.change = gr.Textbox(
                    label="Variations: what should differ", placeholder="blue liquid", min_width=160
                )
                self.count = gr.Number(4, label="How many", minimum=1, maximum=64, precision=0)
                self.vary = gr.Button("Draft", scale=0, min_width=80)
            with gr.Row(elem_classes="aq-inline"):
                self.presets = gr.Dropdown(
                    exports.PRESET_CHOICES, value=["raw"], multiselect=True, label="Package this"
                )
                self.export = gr.Button("Export", scale=0, min_width=90)
            self.done = gr.HTML(padding=False)

    def _wire(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        form = [self.words, self.batch, self.category, self.tags, self.style]
        self.form = [*form, self.since, self.color, self.similar]
        found = [self.heading, self.grid, self.more, self.cursor, self.assets]
        first = (self.words.submit, self.search.click, self.similar.change)
        for trigger in (*first, *(f.change for f in (self.batch, self.style, self.color))):
            trigger(self.find, self.form, found, **quiet)
        for field in (self.category, self.tags, self.since):
            field.submit(self.find, self.form, found, **quiet)
        self.more.click(self.find_more, [self.cursor, self.assets, *self.form], found, **quiet)
        cleared = self.clear.click(lambda: ("",) * len(self.form), None, self.form, **quiet)
        cleared.then(self.find, self.form, found, **quiet)
        picked = [self.asset, self.one, self.actions, self.done]
        picking = self.grid.select(self.pick, None, picked, **quiet)
        picking.success(None, None, None, js=_TO_PICKED, **quiet)
        self.likes.click(self.like, self.asset, self.similar, **quiet)
        self.likes.click(None, None, None, js=_TO_FOUND, **quiet)
        edits = [self.asset, self.new_tags, self.old_tags]
        self.retag.click(self.edit, edits, [self.one, self.new_tags, self.old_tags], **quiet)
        for box in (self.new_tags, self.old_tags):
            box.submit(self.edit, edits, [self.one, self.new_tags, self.old_tags], **quiet)
        self.varied = self.vary.click(
            self.draft,
            [self.asset, self.count, self.change, self._thread],
            [self.done, self._thread],
            **quiet,
        )
        self.export.click(self.pack_one, [self.asset, self.presets], self.done, **quiet)
        self.pack_found.click(
            self.pack_all, [self.assets, self.found_presets], self.packed, **quiet
        )

    async def open(self, request: gr.Request) -> tuple[Any, ...]:
        """The filters' choices, as they are now."""
        with explained():
            caller, services = caller_of(request), self._playground.services
            call = self._playground.agent.call
            batches = await call(exports.batch_choices, caller, services)
            names = await call(styles.names, caller, services)
        return (
            gr.update(choices=[("All batches", ""), *batches]),
            gr.update(choices=[("Any", ""), *((name, name) for name in names)]),
        )

    async def find(self, request: gr.Request, *form: str) -> tuple[Any, ...]:
        """The first page of what the form asks for."""
        return await self._find(None, (), _filters(form), request)

    async def find_more(
        self, request: gr.Request, cursor: str, assets: tuple[Any, ...], *form: str
    ) -> tuple[Any, ...]:
        """The next page, below what is there."""
        return await self._find(cursor, assets, _filters(form), request)

    async def _find(
        self, cursor: str | None, before: tuple[Any, ...], filters: Filters, request: gr.Request
    ) -> tuple[Any, ...]:
        services = self._playground.services
        with explained():
            caller = caller_of(request)
            call, like = self._playground.agent.call, ""
            page = await call(gallery.find, filters, cursor, caller, services)
            if filters.similar_to:
                like = (await call(gallery.read, filters.similar_to, caller, services)).name
        assets = (*before, *page.assets)
        return (
            gallery.heading(like, page, len(assets)),
            gallery.grid(assets, page, filters),
            gr.update(visible=page.cursor is not None),
            page.cursor,
            assets,
        )

    async def pick(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """One image in full."""
        asset_id = str(event.asset)  # pyright: ignore[reportAttributeAccessIssue] - what the grid sends
        with explained():
            asset = await self._playground.agent.call(
                gallery.read, asset_id, caller_of(request), self._playground.services
            )
        return asset.asset_id, gallery.detail(asset), gr.update(visible=True), ""

    def like(self, asset: str) -> str:
        """What the gallery is to look like."""
        return asset

    async def edit(
        self, asset: str, add: str, remove: str, request: gr.Request
    ) -> tuple[str, str, str]:
        """Saves a person's tags."""
        with explained():
            edited = await self._playground.agent.call(
                gallery.retag,
                asset,
                add=add,
                remove=remove,
                caller=caller_of(request),
                services=self._playground.services,
            )
        return gallery.detail(edited), "", ""

    async def draft(
        self, asset: str, count: int, change: str, thread: str, request: gr.Request
    ) -> tuple[str, str]:
        """Drafts variations; their price is approved in the chat."""
        thread = thread or new_thread()
        with explained():
            await self._playground.agent.call(
                gallery.vary,
                asset,
                count=int(count),
                change=change,
                thread=thread,
                caller=caller_of(request),
                services=self._playground.services,
            )
        said = tag("p", "Drafted. Approve the price in the chat to make them.", role="status")
        return said, thread

    async def pack_one(self, asset: str, presets: list[str], request: gr.Request) -> str:
        """Packages the image that is picked."""
        return await self._pack([asset], presets, request)

    async def pack_all(
        self, assets: tuple[Any, ...], presets: list[str], request: gr.Request
    ) -> str:
        """Packages what the gallery shows."""
        return await self._pack([asset.asset_id for asset in assets], presets, request)

    async def _pack(self, assets: list[str], presets: list[str], request: gr.Request) -> str:
        with explained():
            return await self._playground.agent.call(
                exports.pack,
                None,
                presets,
                caller=caller_of(request),
                services=self._playground.services,
                asset_ids=assets,
            )


def _filters(form: tuple[str, ...]) -> Filters:
    names = [field.name for field in fields(Filters)]
    return Filters(**{name: value or "" for name, value in zip(names, form, strict=True)})
