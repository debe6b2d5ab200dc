"""Style tools: learn one from references, list them."""

from typing import Annotated

from langchain.tools import tool
from pydantic import Field

from agent.tools.artifacts import Answer, answer, style_card, styles_card
from agent.tools.runtime import Runtime, call_key
from assetql.domain.style import MAX_REFERENCES
from assetql.pipeline import learn_style


@tool(response_format="content_and_artifact")
def set_style(
    name: Annotated[str, Field(min_length=1, max_length=80, description="What people call it")],
    uploads: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=MAX_REFERENCES,
            description="Upload ids of the reference images (upl_…), from the attachments",
        ),
    ],
    runtime: Runtime,
) -> Answer:
    """Learn an art style from 1 to 10 attached reference images and keep it under a name.

    A name that is already taken gets a new version. Use the style in create_batch by its name.
    """
    context = runtime.context
    services = context.services
    profile = learn_style.learn_style(
        name,
        uploads,
        caller=context.caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=call_key(runtime),
    )
    card = style_card(profile)
    return answer({k: v for k, v in card.items() if k not in {"kind", "resolved"}}, card)


@tool(response_format="content_and_artifact")
def list_styles(runtime: Runtime) -> Answer:
    """List the style profiles of this workspace: names, number of references, palettes."""
    context = runtime.context
    profiles = learn_style.list_styles(caller=context.caller, stores=context.services.stores)
    card = styles_card(profiles)
    return answer({"styles": card["styles"]}, card)
