"""Images in Slack: thumbnails as files of the thread, and a message with their buttons."""

from collections.abc import Sequence
from typing import Any

from assetql.domain.asset import Asset
from assetql.domain.safe_names import safe_name
from integrations.slack.desk import Desk
from integrations.slack.installations import Installation
from integrations.slack.rendering.assets import MOST_SHOWN, asset_rows
from integrations.slack.rendering.parts import context, fallback
from integrations.slack.threads import Place


async def show_batch(desk: Desk, team: Installation, place: Place, batch_id: str) -> None:
    """The first images of a batch."""
    page = await desk.agent.call(
        desk.agent.services.stores.assets.page, team.workspace, batch_id, limit=MOST_SHOWN + 1
    )
    await _show(desk, team, place, page.items)


async def show_assets(
    desk: Desk, team: Installation, place: Place, asset_ids: Sequence[str]
) -> None:
    """The first of these images."""
    found = await desk.agent.call(
        desk.agent.services.stores.assets.get_many, team.workspace, asset_ids[: MOST_SHOWN + 1]
    )
    await _show(desk, team, place, found)


async def _show(desk: Desk, team: Installation, place: Place, found: Sequence[Asset]) -> None:
    if not found:
        return
    shown = found[:MOST_SHOWN]
    uploads = await desk.agent.call(_uploads, desk, shown)
    client = desk.web.client(team.bot_token)
    await client.files_upload_v2(
        file_uploads=uploads, channel=place.channel, thread_ts=place.thread_ts
    )
    blocks = asset_rows(shown)
    if len(found) > len(shown):
        blocks.append(context("There are more: ask me to show or to search them."))
    names = ", ".join(asset.name for asset in shown)
    await client.chat_postMessage(
        channel=place.channel,
        thread_ts=place.thread_ts,
        text=fallback(f"{len(shown)} images: {names}"),
        blocks=blocks,
    )


def _uploads(desk: Desk, assets: Sequence[Asset]) -> list[dict[str, Any]]:
    read = desk.agent.services.stores.objects.get
    return [
        {
            "content": read(asset.thumbnail_key),
            "filename": f"{number}-{safe_name(asset.name)}.png",
            "title": f"{number}. {asset.name}"[:200],
            "alt_txt": ", ".join((asset.name, *asset.tags.names))[:900],
        }
        for number, asset in enumerate(assets, start=1)
    ]
