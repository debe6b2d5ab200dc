"""The search tool: assets by words, filters and likeness."""

from typing import Annotated

from pydantic import Field

from agent.tools.artifacts import Answer, answer, asset_facts, assets_card
from agent.tools.facts import AssetsFacts
from agent.tools.operation import Call, Effect, operation
from assetql.domain.when import moment
from assetql.pipeline import search as searching
from assetql.pipeline.uploads import get_upload

_UPLOAD = "upl_"


@operation(Effect.READS, tells=AssetsFacts)
def search(
    call: Call,
    text: Annotated[str, Field(max_length=500, description="Words of name, prompt and tags")] = "",
    tags: Annotated[tuple[str, ...], Field(max_length=20, description="All must hold")] = (),
    untagged: Annotated[bool, Field(description="Only assets without a tag")] = False,
    category: Annotated[str, Field(description="Such as potion, weapon; singular")] = "",
    style: Annotated[str, Field(description="Name or id of a style profile")] = "",
    batch: Annotated[str, Field(description="Batch id; empty: all batches")] = "",
    since: Annotated[str, Field(description="ISO date, or 7d for the last seven days")] = "",
    color: Annotated[str, Field(description="A colour word or #rrggbb that it shows much of")] = "",
    similar_to: Annotated[
        str, Field(description="Asset id (ast_…) or image upload id (upl_…) to find the likes of")
    ] = "",
    limit: Annotated[int, Field(ge=1, le=searching.MOST)] = 20,
    cursor: Annotated[str, Field(description="Of the last page, for the next one")] = "",
) -> Answer:
    """Find assets of this workspace. All conditions given must hold; none lists the newest.

    An empty answer may name alternatives that would find something. Ids are for export,
    edit_tags and make_variations.
    """
    services = call.services
    from_upload = similar_to.startswith(_UPLOAD)
    query = searching.AssetQuery(
        text=text,
        tags=tags,
        untagged=untagged,
        category=category or None,
        style=style or None,
        batch_id=batch or None,
        since=moment(since, now=services.clock.now()) if since else None,
        color=color or None,
        similar_to=similar_to if similar_to and not from_upload else None,
        image=_image(similar_to, call) if from_upload else None,
        limit=limit,
    )
    page = searching.search(
        query,
        caller=call.caller,
        stores=services.stores,
        embedder=services.embedder,
        image_limits=services.image_limits,
        cursor=cursor or None,
    )
    resolved = {
        "text": text,
        "tags": list(tags),
        "untagged": untagged,
        "category": category,
        "style": style,
        "batch": batch,
        "since": since,
        "color": color,
        "similar_to": similar_to,
    }
    told = {
        "assets": [asset_facts(asset) for asset in page.assets],
        "total": page.total,
        "cursor": page.cursor,
        "alternatives": page.alternatives,
    }
    return answer(told, assets_card(page, resolved=resolved))


def _image(upload_id: str, call: Call) -> bytes:
    """The bytes of an upload of the caller's workspace."""
    stores = call.services.stores
    upload = get_upload(upload_id, caller=call.caller, stores=stores)
    return stores.objects.get(upload.object_key)
