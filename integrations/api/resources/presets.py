"""What packages can be made for."""

from typing import Annotated, Literal

from pydantic import Field

from assetql.domain.identity import Action
from assetql.domain.presets import PRESETS
from integrations.api.dependencies import Caller
from integrations.api.resources.models import Closed
from integrations.api.resources.routing import resource_router

router = resource_router("exports")
PresetName = Literal["raw", "web", "unity", "godot", "unreal", "ios", "android", "atlas"]
PresetNames = Annotated[list[PresetName], Field(min_length=1, max_length=8, examples=[["unity"]])]


class Preset(Closed):
    """An engine or a use, and how its package is imported."""

    name: PresetName
    how_to_import: str


class Presets(Closed):
    """All there are."""

    presets: list[Preset]


@router.get("/presets")
def list_presets(caller: Caller) -> Presets:
    """What a package can be made for."""
    caller.require(Action.READ)
    return Presets.model_validate(
        {"presets": [{"name": p.name, "how_to_import": p.how_to_import} for p in PRESETS]}
    )
