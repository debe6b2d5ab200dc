"""Styles: learnt from references, read with their calibration, deleted."""

from typing import Annotated

from fastapi import Path, Response

from assetql.domain.errors import NotFound
from assetql.domain.style import MAX_REFERENCES, StyleProfile
from assetql.pipeline import delete_style as deleting
from assetql.pipeline import learn_style as learning
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.cursors import Cursors
from integrations.api.resources.images import (
    IMAGE_RESPONSES,
    IfNoneMatch,
    ImageFile,
    image_answer,
)
from integrations.api.resources.links import Links
from integrations.api.resources.models import Cursor, Limit, StylePath
from integrations.api.resources.routing import refusals, resource_router
from integrations.api.resources.style_models import StylePage, StyleRead, StyleToLearn

router = resource_router("styles")
Number = Annotated[int, Path(ge=1, le=MAX_REFERENCES, description="As the style counts them")]


@router.post("/styles", status_code=201, responses=refusals(404, 409, body=True))
def learn_style(asked: StyleToLearn, caller: Caller, services: Pipeline, key: Key) -> StyleRead:
    """Learns a style from uploaded images, with a gate of its own."""
    profile = learning.learn_style(
        asked.name,
        asked.uploads,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=key,
    )
    return StyleRead.of(profile)


@router.get("/styles")
def list_styles(
    caller: Caller,
    services: Pipeline,
    cursors: Cursors,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> StylePage:
    """The workspace's styles, by name."""
    after = cursors.place(cursor, "styles") or ""
    known = learning.list_styles(caller=caller, stores=services.stores)
    found = sorted((each for each in known if _folded(each) > after), key=_folded)
    last = _folded(found[limit - 1]) if len(found) > limit else None
    return StylePage(
        styles=[StyleRead.of(profile) for profile in found[:limit]],
        cursor=cursors.seal(last, "styles"),
    )


def _folded(profile: StyleProfile) -> str:
    return profile.name.casefold()  # no other style of the workspace has it


@router.get("/styles/{style_id}", responses=refusals(404))
def read_style(style_id: StylePath, caller: Caller, services: Pipeline) -> StyleRead:
    """A style with its calibration: threshold, AUC, rates, warnings, palette."""
    return StyleRead.of(learning.get_style(style_id, caller=caller, stores=services.stores))


@router.get(
    "/styles/{style_id}/references/{number}",
    response_class=Response,
    responses={**IMAGE_RESPONSES, **refusals(404)},
)
def read_reference(
    style_id: StylePath,
    number: Number,
    caller: Caller,
    services: Pipeline,
    links: Links,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A reference image as it was uploaded."""
    style = learning.get_style(style_id, caller=caller, stores=services.stores)
    if number > len(style.references):
        raise NotFound("reference", str(number), remedy="The style lists those it has.")
    reference = style.references[number - 1]
    image = ImageFile(reference.object_key, reference.filename, reference.sha256)
    return image_answer(image, seen=if_none_match, services=services, links=links)


@router.delete("/styles/{style_id}", status_code=204, responses=refusals(404, 409))
def delete_style(style_id: StylePath, caller: Caller, services: Pipeline, key: Key) -> None:
    """Deletes it. Batches that were drafted with it still run; recipes can be replayed."""
    del key  # what is deleted is not found
    deleting.delete_style(style_id, caller=caller, stores=services.stores, clock=services.clock)
