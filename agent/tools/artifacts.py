"""What tools answer: facts for the model as JSON text, and an artifact that doors show."""

import json
from collections.abc import Iterable, Mapping, Sequence

from assetql.domain.approval import Approval
from assetql.domain.asset import Asset
from assetql.domain.asset_list.limits import Refusal
from assetql.domain.batch import FollowUp
from assetql.domain.money import Quote, amount
from assetql.domain.style import StyleProfile
from assetql.pipeline.batch_status import BatchReport
from assetql.pipeline.search import AssetPage

Facts = dict[str, object]
Answer = tuple[str, Facts]
_SHOWN = 20  # refusals and assets that the model is told of; the card holds all


def answer(facts: Mapping[str, object], card: Facts) -> Answer:
    """The content that the model reads, and the artifact."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=str), card


def batch_card(
    report: BatchReport,
    *,
    style: str | None,
    refused: Sequence[Refusal] = (),
    mapping: Mapping[str, str | None] | None = None,
) -> Facts:
    """Kind `batch`; money in currency units, `tasks` are images."""
    batch = report.batch
    return {
        "kind": "batch",
        "batch_id": batch.batch_id,
        "name": batch.name,
        "status": report.status.value,
        "rows": batch.rows,
        "tasks": report.counts.total,
        "counts": report.counts.as_json(),
        "quote": batch.quote.as_json(),
        "style": style,
        "spent": amount(report.spent),
        "reserved": amount(report.reserved),
        "reasons": dict(report.reasons),
        "refused": [refusal.as_json() for refusal in refused],
        "mapping": dict(mapping or {}),
        "follow_ups": [follow_up_state(f) for f in report.follow_ups],
        "resolved": {"batch": batch.batch_id},
    }


def refused_card(refused: Sequence[Refusal], mapping: Mapping[str, str | None]) -> Facts:
    """Kind `batch` of a list that was not taken: no id, and why."""
    return {
        "kind": "batch",
        "batch_id": None,
        "status": "REFUSED",
        "rows": 0,
        "tasks": 0,
        "quote": None,
        "refused": [refusal.as_json() for refusal in refused],
        "mapping": dict(mapping),
        "follow_ups": [],
        "resolved": {"rows": 0},
    }


def batch_facts(card: Facts) -> Facts:
    """A batch card as the model is told of it: without the long tail of refusals."""
    told = {k: v for k, v in card.items() if k not in {"kind", "mapping", "resolved"} and v != []}
    refused = card["refused"]
    assert isinstance(refused, list)
    if refused:
        told |= {"refused": refused[:_SHOWN], "refused_rows": len(refused)}
    return told


def follow_up_state(follow_up: FollowUp) -> Facts:
    """One follow-up of a batch, as its card lists it."""
    return {
        "id": follow_up.follow_up_id,
        "kind": follow_up.kind.value,
        "status": follow_up.status.value,
        "arguments": dict(follow_up.arguments),
        "result": dict(follow_up.result),
    }


def quote_card(quote: Quote, *, available: int) -> Facts:
    """Kind `quote`; `available` in micros."""
    return {
        "kind": "quote",
        **quote.as_json(),
        "available": amount(available),
        "resolved": {"images": quote.images},
    }


def approval_card(approval: Approval, *, resolved: Mapping[str, object] | None = None) -> Facts:
    """Kind `approval`."""
    return {
        "kind": "approval",
        "approval_id": approval.approval_id,
        "batch_id": approval.batch_id,
        "quote": approval.quote.as_json(),
        "status": approval.status.value,
        "expires_at": approval.expires_at.isoformat(),
        "resolved": {
            "batch": approval.batch_id,
            "images": approval.quote.images,
            **(resolved or {}),
        },
    }


def style_card(profile: StyleProfile) -> Facts:
    """Kind `style`."""
    gate = profile.gate
    return {
        "kind": "style",
        "style_id": profile.style_id,
        "name": profile.name,
        "version": profile.version,
        "references": len(profile.references),
        "palette": list(profile.conditioning.palette),
        "gate": {
            "threshold": gate.threshold,
            "auc": gate.auc,
            "calibrated": gate.calibrated,
            "warnings": list(gate.warnings),
        },
        "resolved": {"name": profile.name, "references": len(profile.references)},
    }


def styles_card(profiles: Iterable[StyleProfile]) -> Facts:
    """Kind `styles`."""
    styles = [
        {
            "style_id": profile.style_id,
            "name": profile.name,
            "references": len(profile.references),
            "palette": list(profile.conditioning.palette),
            "calibrated": profile.gate.calibrated,
        }
        for profile in profiles
    ]
    return {"kind": "styles", "styles": styles, "resolved": {}}


def asset_facts(asset: Asset) -> Facts:
    """One asset, as lists of assets show it."""
    return {
        "asset_id": asset.asset_id,
        "name": asset.name,
        "category": asset.category,
        "tags": list(asset.tags.names),
        "batch_id": asset.batch_id,
        "style": asset.style_name,
        "width": asset.width,
        "height": asset.height,
    }


def assets_card(page: AssetPage, *, resolved: Mapping[str, object]) -> Facts:
    """Kind `assets`."""
    return {
        "kind": "assets",
        "assets": [asset_facts(a) | {"thumbnail_key": a.thumbnail_key} for a in page.assets],
        "total": page.total,
        "cursor": page.cursor,
        "alternatives": list(page.alternatives),
        "resolved": dict(resolved),
    }
