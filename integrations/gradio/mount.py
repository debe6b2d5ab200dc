"""mount_playground: the page at its path, beside whatever else the app answers."""

import os
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from agent.services import AgentServices
from integrations.gradio.guard import Guard, user_of
from integrations.gradio.media import media_router
from integrations.gradio.page import SCRIPT, STYLES, Page
from integrations.gradio.playground import Playground
from integrations.gradio.theme import THEME


def mount_playground(
    app: FastAPI, agent: AgentServices, *, path: str = "/ui", examples: Sequence[Path] = ()
) -> None:
    """Mounts the page; `examples` are the files of its one-click example, the list first.

    The caller is `request.state.principal`, which the app's authentication puts there.
    """
    # What browsers send: by default in a folder of /tmp that everybody on the machine can read.
    sent = agent.services.settings.home / "browser"
    sent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["GRADIO_TEMP_DIR"] = str(sent)
    playground = Playground(agent, tuple(examples))
    app.include_router(media_router(playground), prefix=f"{path}/media")
    blocks = Page(playground).blocks
    # Only then does Gradio look where a file lies that a browser names; mounting leaves it out.
    blocks.has_launched = True
    gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        auth_dependency=user_of,
        ssr_mode=False,
        show_error=False,  # what our own errors say is shown; others may quote what is nobody's
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        allowed_paths=[str(file) for file in examples],
        max_file_size=agent.services.settings.max_body_bytes,
        theme=THEME,
        css_paths=STYLES,
        head=f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>",
    )
    mounted = app.routes[-1]
    assert isinstance(mounted, Mount)
    mounted.app = Guard(mounted.app)
