"""Packages: a batch, or what the gallery found, for the engines that a person picks."""

from collections.abc import Sequence
from dataclasses import asdict

from ulid import ULID

from agent.cards import counted
from assetql.domain.batch import Batch
from assetql.domain.identity import Action, Principal
from assetql.domain.presets import PRESETS
from assetql.pipeline.export import ExportOutcome, request_export
from assetql.pipeline.list_packages import list_packages
from assetql.services import Services
from integrations.gradio.cards import card, package_row
from integrations.gradio.markup import tag, text

_NEWEST = 50
PRESET_CHOICES = [(preset.name, preset.name) for preset in PRESETS]


def batch_choices(caller: Principal, services: Services) -> list[tuple[str, str]]:
    """The newest batches as (label, id)."""
    caller.require(Action.READ)
    newest = services.stores.batches.page(caller.workspace, limit=_NEWEST).items
    return [(_label(batch), batch.batch_id) for batch in newest]


def _label(batch: Batch) -> str:
    return f"{batch.name} · {counted(batch.quote.images, 'image')} · {batch.created_at:%d %b %H:%M}"


def pack(
    batch_id: str | None,
    presets: Sequence[str],
    *,
    caller: Principal,
    services: Services,
    asset_ids: Sequence[str] = (),
) -> str:
    """Packs now, or says that it is scheduled; the card of it. Raises: InvalidInput, NotFound."""
    outcome = request_export(
        batch_id=batch_id or None,
        asset_ids=asset_ids,
        presets=presets,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key=f"web:{ULID()}",
    )
    return _card(outcome)


def shelf(caller: Principal, services: Services) -> str:
    """The packages that were made of late, at whichever door."""
    found = list_packages(caller=caller, stores=services.stores)
    if not found:
        return ""
    rows = [package_row(asdict(package), named=True) for package in found]
    return tag("article", tag("h3", "Earlier packages"), *rows, class_="aq-card aq-earlier")


def _card(outcome: ExportOutcome) -> str:
    if outcome.package is None:
        planned = {"kind": "follow_up", "what": "export", "presets": list(outcome.presets)}
        return card({**planned, "status": "PENDING"})
    hints = [
        tag("p", text(f"{preset.name}: {preset.how_to_import}"), class_="aq-quiet")
        for preset in PRESETS
        if preset.name in outcome.presets
    ]
    warnings = [tag("p", text(w), class_="aq-warning") for w in outcome.package.warnings]
    return card({"kind": "package", **asdict(outcome.package)}) + "".join(hints + warnings)
