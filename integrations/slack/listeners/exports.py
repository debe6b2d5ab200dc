"""Packages: the form that asks for engines, and a link that is signed when it is asked for."""

from assetql.domain.identity import Principal
from assetql.pipeline.batch_status import get_batch
from assetql.pipeline.export import Package, get_package, link_to, request_export
from assetql.pipeline.search import get_asset
from assetql.services import Services
from integrations.slack.desk import Case
from integrations.slack.intake import key_of
from integrations.slack.listening import Listener
from integrations.slack.mrkdwn import escape
from integrations.slack.rendering.assets import export_modal, package_buttons
from integrations.slack.rendering.parts import section


async def ask_presets(case: Case) -> None:
    """Opens the form for a batch or an image."""
    caller = await case.caller()
    subject = str(case.action["value"])
    name = await case.desk.agent.call(_name, case.desk.agent.services, caller, subject)
    form = export_modal(case.form_about(subject), name)
    await case.client.views_open(trigger_id=str(case.body["trigger_id"]), view=form)


async def pack(case: Case) -> None:
    """Packs what the form says; a batch that still runs is packed once it has ended."""
    caller = await case.caller()
    services = case.desk.agent.services
    subject = case.about["subject"]
    chosen = case.body["view"]["state"]["values"]["presets"]["presets"]["selected_options"]
    batch = _is_batch(subject)
    outcome = await case.desk.agent.call(
        request_export,
        presets=[option["value"] for option in chosen],
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key=f"slack:{key_of(case.body)}",
        batch_id=subject if batch else None,
        asset_ids=() if batch else (subject,),
    )
    if outcome.package is None:
        await case.tell(f"{subject} will be packed once it has ended.")
        return
    package = outcome.package
    text = f"{package.filename}: {package.assets} assets, {package.files} files"
    export = {"export_id": package.export_id, "filename": package.filename}
    await case.tell(text, [section(escape(text)), *package_buttons(None, [export])])


async def hand_out(case: Case) -> None:
    """A fresh link for who pressed; the file itself where the store gives no link for browsers."""
    caller = await case.caller()
    services = case.desk.agent.services
    export_id = str(case.action["value"])
    package, link = await case.desk.agent.call(_link, services, caller, export_id)
    if link.startswith(("http://", "https://")):
        minutes = int(services.terms.link.total_seconds() // 60)
        said = f"<{escape(link)}|{escape(package.filename)}> · for {minutes} minutes"
        await case.tell(package.filename, [section(said)])
        return
    data = await case.desk.agent.call(services.stores.objects.get, package.key)
    channel, thread_ts = case.where
    await case.client.files_upload_v2(
        content=data,
        filename=package.filename,
        title=package.filename,
        channel=channel,
        thread_ts=thread_ts,
    )


def _link(services: Services, caller: Principal, export_id: str) -> tuple[Package, str]:
    package = get_package(export_id, caller=caller, stores=services.stores)
    return package, link_to(package, stores=services.stores, terms=services.terms)


def _name(services: Services, caller: Principal, subject: str) -> str:
    if _is_batch(subject):
        return get_batch(subject, caller=caller, stores=services.stores).name
    return get_asset(subject, caller=caller, stores=services.stores).name


def _is_batch(subject: str) -> bool:
    return subject.startswith("bat_")


LISTENERS = (
    Listener("action", "export", ask_presets),
    Listener("view", "export", pack),
    Listener("action", "package", hand_out),
)
