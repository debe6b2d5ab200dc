"""The export's part of the page: a batch, presets, and the package to download."""

from typing import Any

import gradio as gr

from integrations.gradio import exports
from integrations.gradio.markup import empty
from integrations.gradio.playground import Playground, caller_of, explained

_NOTHING = empty(
    "Engine-ready packages",
    "Pick a batch and one or more presets. A batch that still runs is packed once it has ended.",
)


class ExportTab:
    """Builds the tab in the Blocks that are open."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        with gr.Row(elem_classes="aq-inline"):
            self.batch = gr.Dropdown([], label="Batch", scale=3, min_width=220)
            self.presets = gr.CheckboxGroup(
                exports.PRESET_CHOICES, value=["unity"], label="Presets", scale=4, min_width=260
            )
            self.export = gr.Button("Export", variant="primary", scale=0, min_width=110)
        self.package = gr.HTML(_NOTHING, padding=False, elem_id="package")
        self.earlier = gr.HTML(padding=False, elem_id="earlier")
        packed = self.export.click(
            self.pack,
            [self.batch, self.presets],
            self.package,
            show_progress="minimal",
            api_visibility="private",
        )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        packed.success(self.shelf, None, self.earlier, **quiet)

    async def open(self, request: gr.Request) -> tuple[Any, str]:
        """The batches that there are now, the newest picked, and the packages."""
        with explained():
            found = await self._playground.agent.call(
                exports.batch_choices, caller_of(request), self._playground.services
            )
        batches = gr.update(choices=found, value=found[0][1] if found else None)
        return batches, await self.shelf(request)

    async def shelf(self, request: gr.Request) -> str:
        """What was packed of late."""
        with explained():
            return await self._playground.agent.call(
                exports.shelf, caller_of(request), self._playground.services
            )

    async def pack(self, batch: str | None, presets: list[str], request: gr.Request) -> str:
        """Packs the batch."""
        with explained():
            return await self._playground.agent.call(
                exports.pack,
                batch,
                presets,
                caller=caller_of(request),
                services=self._playground.services,
            )
