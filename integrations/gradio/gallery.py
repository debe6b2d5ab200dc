"""The gallery: assets by filters, one of them in full, and what can be done with it."""

from dataclasses import dataclass

from ulid import ULID

from agent.cards import counted
from assetql.domain.approval import Approval
from assetql.domain.asset import Asset
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal
from assetql.domain.when import moment
from assetql.pipeline.edit_tags import edit_tags
from assetql.pipeline.make_variations import make_variations
from assetql.pipeline.search import AssetPage, AssetQuery, get_asset, search
from assetql.services import Services
from integrations.gradio.markup import chips, empty, facts, image, media, swatches, tag, text

PAGE = 48
_COMMAS = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the search form holds; empty fields ask for nothing."""

    words: str = ""
    batch: str = ""
    category: str = ""
    tags: str = ""
    style: str = ""
    since: str = ""
    color: str = ""
    similar_to: str = ""


def find(filters: Filters, cursor: str | None, caller: Principal, services: Services) -> AssetPage:
    """A page of what the filters ask for. Raises: InvalidInput, NotFound."""
    names = tuple(each.strip() for each in filters.tags.split(_COMMAS) if each.strip())
    since = filters.since.strip()
    query = AssetQuery(
        text=filters.words.strip(),
        batch_id=filters.batch or None,
        category=filters.category.strip() or None,
        tags=names,
        style=filters.style or None,
        since=moment(since, now=services.clock.now()) if since else None,
        color=filters.color or None,
        similar_to=filters.similar_to or None,
        limit=PAGE,
    )
    return search(
        query,
        caller=caller,
        stores=services.stores,
        embedder=services.embedder,
        image_limits=services.image_limits,
        cursor=cursor,
    )


def heading(like: str, page: AssetPage, shown: int) -> str:
    """How many there are; `like` is the name of the image that they resemble, or empty."""
    if not shown:
        return ""
    whole = not page.total or page.total <= shown
    images = counted(shown, "image") if whole else f"{shown} of {page.total} images"
    said = f"{images} like {like}" if like else images
    return tag("p", text(said), class_="aq-counts", role="status")


def grid(assets: tuple[Asset, ...], page: AssetPage, filters: Filters) -> str:
    """The images as buttons, or why there are none."""
    if not assets and filters == Filters():
        return empty(
            "No images yet", "Ask for some in the chat: they appear here as they are made."
        )
    if not assets:
        nearest = f"Something nearby: {', '.join(page.alternatives)}." if page.alternatives else ""
        return empty("Nothing matches", "Take a filter away, or other words.", nearest)
    tiles = [
        tag(
            "button",
            image(media("thumbnails", asset.asset_id), ""),
            tag("span", text(asset.name), class_="aq-caption"),
            type="button",
            class_="aq-pick",
            data_pick=asset.asset_id,
        )
        for asset in assets
    ]
    return tag("div", *tiles, class_="aq-grid", role="group", aria_label="Images")


def detail(asset: Asset) -> str:
    """One asset with what is known of it."""
    recipe = asset.recipe
    score = f"{asset.style_score:.2f}" if asset.style_score is not None else "not judged"
    known = [
        ("Category", asset.category or "none"),
        ("Size", f"{asset.width} × {asset.height}"),
        ("Style", f"{asset.style_name or 'none'} (score {score})"),
        ("Asked", recipe.prompt_asked),
        ("Made by", f"{recipe.model_id}, seed {recipe.seed}, attempt {recipe.attempt}"),
        ("Id", asset.asset_id),
    ]
    picture = tag(
        "button",
        image(media("images", asset.asset_id), asset.name),
        type="button",
        class_="aq-large",
        data_zoom=media("images", asset.asset_id),
        data_name=asset.name,
        aria_label=f"Enlarge {asset.name}",
    )
    named = tag("h3", text(asset.name))
    shown = chips(asset.tags.names) if asset.tags.names else tag("p", "No tags", class_="aq-quiet")
    return tag("div", picture, named, swatches(asset.colors), shown, facts(known), class_="aq-one")


def read(asset_id: str, caller: Principal, services: Services) -> Asset:
    """Raises: InvalidInput where none is picked; NotFound."""
    if not asset_id:
        raise InvalidInput("No image is selected.", remedy="Pick one first.")
    return get_asset(asset_id, caller=caller, stores=services.stores)


def retag(asset_id: str, *, add: str, remove: str, caller: Principal, services: Services) -> Asset:
    """Adds and removes tags, each a list with commas; returns the asset as it is now."""
    read(asset_id, caller, services)
    (edited,) = edit_tags(
        [asset_id],
        add=[each for each in add.split(_COMMAS) if each.strip()],
        remove=[each for each in remove.split(_COMMAS) if each.strip()],
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )
    return edited


def vary(
    asset_id: str, *, count: int, change: str, thread: str, caller: Principal, services: Services
) -> Approval:
    """Drafts variations in a thread, where their start waits for an answer."""
    read(asset_id, caller, services)
    _, approval = make_variations(
        asset_id,
        count=count,
        change=change.strip() or None,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        terms=services.terms,
        key=f"web:{ULID()}",
        thread_id=thread,
    )
    return approval
