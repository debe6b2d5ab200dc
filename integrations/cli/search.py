"""assetql search: find assets by words, filters and likeness."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from assetql.domain.asset import Asset
from assetql.domain.image_header import check_image
from assetql.domain.when import moment
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.search import MOST, AssetPage, AssetQuery, search
from assetql.services import Services
from integrations.cli.files import read_bytes
from integrations.cli.output import console, explained, print_json, print_table
from integrations.cli.session import opened


def search_assets(
    text: Annotated[str, typer.Argument(help="Words of the name, prompt or tags.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="Has this tag; repeatable.")] = None,
    untagged: Annotated[bool, typer.Option("--untagged", help="Has no tags yet.")] = False,
    category: Annotated[str | None, typer.Option(help="Of this category.")] = None,
    style: Annotated[str | None, typer.Option(help="Of this style, by name or id.")] = None,
    batch: Annotated[str | None, typer.Option(help="Of this batch.")] = None,
    since: Annotated[str | None, typer.Option(help="Made since: 2026-01-31, or 7d.")] = None,
    color: Annotated[str | None, typer.Option(help="Has this colour: a word or #rrggbb.")] = None,
    similar_to: Annotated[
        str | None, typer.Option(metavar="IMAGE|ASSET", help="Looks like this file or asset.")
    ] = None,
    limit: Annotated[int, typer.Option(help=f"At most this many, up to {MOST}.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="The next page of an answer.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Find assets by words, filters and likeness."""
    with explained(as_json=as_json), opened() as (services, caller):
        if batch:
            get_batch(batch, caller=caller, stores=services.stores)
        query = AssetQuery(
            text=text,
            tags=tuple(tag or ()),
            untagged=untagged,
            category=category,
            style=style,
            batch_id=batch,
            since=moment(since, now=services.clock.now()) if since else None,
            color=color,
            limit=limit,
        )
        page = search(
            _like(query, similar_to, services),
            caller=caller,
            stores=services.stores,
            embedder=services.embedder,
            image_limits=services.image_limits,
            cursor=cursor,
        )
        _show(page, services, as_json=as_json)


def describe_asset(asset: Asset, services: Services) -> dict[str, object]:
    """An asset as scripts read it; `image` and `thumbnail` are links."""
    link = services.stores.objects.link
    valid_for = services.terms.link
    return {
        "asset_id": asset.asset_id,
        "batch_id": asset.batch_id,
        "name": asset.name,
        "description": asset.description,
        "category": asset.category,
        "tags": list(asset.tags.names),
        "style": asset.style_name,
        "style_score": asset.style_score,
        "width": asset.width,
        "height": asset.height,
        "colors": list(asset.colors),
        "created_at": asset.created_at.isoformat(),
        "image": link(asset.object_key, filename=f"{asset.asset_id}.png", valid_for=valid_for),
        "thumbnail": link(
            asset.thumbnail_key, filename=f"{asset.asset_id}-thumbnail.png", valid_for=valid_for
        ),
    }


def _like(query: AssetQuery, similar_to: str | None, services: Services) -> AssetQuery:
    """Raises: InvalidInput for what is neither an image file nor an asset's id."""
    if similar_to is None or (similar_to.startswith("ast_") and not Path(similar_to).exists()):
        return replace(query, similar_to=similar_to)
    image = read_bytes(Path(similar_to))
    check_image(image, filename=Path(similar_to).name, limits=services.image_limits)
    return replace(query, image=image)


def _show(page: AssetPage, services: Services, *, as_json: bool) -> None:
    if as_json:
        assets = [describe_asset(asset, services) for asset in page.assets]
        document: dict[str, object] = {"assets": assets, "cursor": page.cursor}
        if not assets:
            document["alternatives"] = list(page.alternatives)
        print_json(document)
        return
    rows = [(a.asset_id, a.name, a.category, ", ".join(a.tags.names)) for a in page.assets]
    if rows:
        print_table(f"{page.total or len(rows)} found", ("id", "name", "category", "tags"), rows)
    else:
        console.print("Nothing matches all of that.")
        for alternative in page.alternatives:
            console.print(f"  instead: {alternative}", markup=False)
    if page.cursor:
        console.print(f"More: --cursor {page.cursor}", markup=False, soft_wrap=True)
