"""What can be done to one image: variations, another try, tags."""

from collections.abc import Mapping
from typing import Any

from assetql.domain.asset import Asset
from assetql.domain.identity import Principal
from assetql.pipeline.edit_tags import edit_tags
from assetql.pipeline.make_variations import make_variations
from assetql.pipeline.search import get_asset
from integrations.slack.desk import Case
from integrations.slack.intake import key_of
from integrations.slack.listening import Listener
from integrations.slack.questions import post_question
from integrations.slack.rendering.assets import tag_modal
from integrations.slack.threads import Place

_VARIATIONS = 4


async def vary(case: Case) -> None:
    """More images like this one, once somebody approves."""
    await _make(case, _VARIATIONS)


async def reroll(case: Case) -> None:
    """One more try at the same prompt."""
    await _make(case, 1)


async def _make(case: Case, count: int) -> None:
    caller = await case.caller()
    services = case.desk.agent.services
    place = place_of(case)
    await case.desk.store(case.desk.threads.keep, case.team.workspace, place)
    _, approval = await case.desk.agent.call(
        make_variations,
        str(case.action["value"]),
        count=count,
        change=None,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        terms=services.terms,
        key=f"slack:{key_of(case.body)}",
        thread_id=place.thread_id,
    )
    await post_question(case.desk, case.team, place, approval.approval_id)


async def ask_tags(case: Case) -> None:
    """Opens the form for tags."""
    caller = await case.caller()
    asset = await case.desk.agent.call(_asset, case, caller)
    form = tag_modal(case.form_about(asset.asset_id), asset.name)
    await case.client.views_open(trigger_id=str(case.body["trigger_id"]), view=form)


async def save_tags(case: Case) -> None:
    """Tags as the form has them."""
    caller = await case.caller()
    services = case.desk.agent.services
    values = case.body["view"]["state"]["values"]
    (asset,) = await case.desk.agent.call(
        edit_tags,
        [case.about["subject"]],
        add=_words(values["add"]),
        remove=_words(values["remove"]),
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )
    tags = ", ".join(asset.tags.names) or "none"
    await case.tell(f"Tags of {asset.name}: {tags}")


def place_of(case: Case) -> Place:
    """The thread of the message that was pressed."""
    channel, thread_ts = case.where
    return Place(
        team_id=case.team.team_id,
        channel=str(channel),
        thread_ts=str(thread_ts),
        user=case.user,
    )


def _asset(case: Case, caller: Principal) -> Asset:
    stores = case.desk.agent.services.stores
    return get_asset(str(case.action["value"]), caller=caller, stores=stores)


def _words(block: Mapping[str, Any]) -> list[str]:
    typed = str(block["tags"].get("value") or "")
    return [word.strip() for word in typed.split(",") if word.strip()]


LISTENERS = (
    Listener("action", "vary", vary),
    Listener("action", "reroll", reroll),
    Listener("action", "tag", ask_tags),
    Listener("view", "tag", save_tags),
)
