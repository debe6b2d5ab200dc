"""Style tools: learn one from references, list them."""

from typing import Annotated

from pydantic import Field

from agent.tools.artifacts import Answer, answer, style_card, styles_card
from agent.tools.facts import StyleFacts, StylesFacts
from agent.tools.operation import Call, Effect, operation
from assetql.domain.style import MAX_REFERENCES
from assetql.pipeline import learn_style


@operation(Effect.ADDS, tells=StyleFacts)
def set_style(
    call: Call,
    name: Annotated[str, Field(min_length=1, max_length=80, description="What people call it")],
    uploads: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=MAX_REFERENCES,
            description="Upload ids of the reference images (upl_…), from the attachments",
        ),
    ],
) -> Answer:
    """Learn an art style from 1 to 10 attached reference images and keep it under a name.

    A name that is already taken gets a new version. Use the style in create_batch by its name.
    """
    services = call.services
    profile = learn_style.learn_style(
        name,
        uploads,
        caller=call.caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=call.key,
    )
    card = style_card(profile)
    return answer({k: v for k, v in card.items() if k not in {"kind", "resolved"}}, card)


@operation(Effect.READS, tells=StylesFacts)
def list_styles(call: Call) -> Answer:
    """List the style profiles of this workspace: names, number of references, palettes."""
    profiles = learn_style.list_styles(caller=call.caller, stores=call.services.stores)
    card = styles_card(profiles)
    return answer({"styles": card["styles"]}, card)
