"""The styles' part of the page: what there is, and a new one from images."""

from typing import Any

import gradio as gr

from integrations.gradio import styles
from integrations.gradio.playground import Playground, caller_of, explained


class StylesTab:
    """Builds the tab in the Blocks that are open."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self.shelf = gr.HTML(padding=False)
        with gr.Accordion("Learn a style from images", open=False), gr.Row():
            with gr.Column(scale=2, min_width=220):
                self.name = gr.Textbox(label="Name", placeholder="Meadow", max_length=80)
                self.learn = gr.Button("Learn the style", variant="primary")
            self.files = gr.File(
                label="1 to 10 reference images",
                file_count="multiple",
                file_types=["image"],
                height=150,
                scale=3,
                min_width=260,
            )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        made = [self.shelf, self.name, self.files]
        for trigger in (self.learn.click, self.name.submit):
            trigger(self.add, [self.name, self.files], made, **quiet)

    async def open(self, request: gr.Request) -> str:
        """Every style, as it is now."""
        with explained():
            return await self._playground.agent.call(
                styles.shelf, caller_of(request), self._playground.services
            )

    async def add(
        self, name: str, files: list[str] | None, request: gr.Request
    ) -> tuple[str, str, None]:
        """Learns one, or a new version of the one of that name."""
        with explained():
            await self._playground.agent.call(
                styles.learn,
                name,
                files or [],
                caller=caller_of(request),
                services=self._playground.services,
            )
        return await self.open(request), "", None
