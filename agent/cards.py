"""Artifacts as plain-text lines, for terminals and for what a model reads of a tool's result.

A card says facts (ids, counts, prices, states) as the use cases returned them.
"""

from collections.abc import Callable, Mapping
from typing import cast

Artifact = Mapping[str, object]
_SHOWN = 20


def card_lines(artifact: Artifact) -> list[str]:
    """The lines of an artifact's card; a kind without a card of its own shows its plain fields."""
    return CARDS.get(str(artifact.get("kind")), _plain)(artifact)


def one_line(artifact: Artifact) -> str:
    """The card's first line."""
    lines = card_lines(artifact)
    return lines[0] if lines else str(artifact.get("kind", ""))


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list | tuple) else []


def _joined(values: object) -> str:
    return ", ".join(str(value) for value in _list(values))


def _money(quote: Artifact) -> str:
    return f"{quote.get('total')} {quote.get('currency', 'USD')}"


def _style(style: Artifact) -> list[str]:
    gate = _dict(style.get("gate"))
    lines = [
        f"Style {style.get('style_id')} {style.get('name')!r}: "
        f"{style.get('references')} references, palette {_joined(style.get('palette'))}"
    ]
    if gate:
        calibrated = "calibrated" if gate.get("calibrated") else "not calibrated"
        lines.append(f"  gate {calibrated}, threshold {gate.get('threshold')}")
        lines.extend(f"  warning: {warning}" for warning in _list(gate.get("warnings")))
    return lines


def _batch(batch: Artifact) -> list[str]:
    counts = {state: n for state, n in _dict(batch.get("counts")).items() if n}
    lines = [
        f"Batch {batch.get('batch_id')} {batch.get('name')!r}: {batch.get('status')}, "
        f"{batch.get('rows')} rows, {batch.get('tasks')} images"
    ]
    if counts:
        lines.append("  " + ", ".join(f"{state} {n}" for state, n in counts.items()))
    quote = _dict(batch.get("quote"))
    if quote:
        lines.append(f"  quote {_money(quote)} for {quote.get('images')} images")
    refused = [_dict(row) for row in _list(batch.get("refused"))]
    lines.extend(f"  {_refusal(row)}" for row in refused[:_SHOWN])
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more refused rows")
    lines.extend(
        f"  {f.get('id')} {f.get('kind')}: {f.get('status')}"
        for f in map(_dict, _list(batch.get("follow_ups")))
    )
    return lines


def _refusal(row: Artifact) -> str:
    where = f"line {row.get('line')}, {row.get('column')}"
    return f"refused {where}: {row.get('value')!r}: {row.get('reason')} {row.get('remedy') or ''}"


def _quote(quote: Artifact) -> list[str]:
    each = f"{quote.get('unit_price')} each" if quote.get("unit_price") else "mixed sizes"
    line = f"Quote: {quote.get('images')} images, {each}, {_money(quote)} in total"
    available = quote.get("available")
    return [line, f"  {available} {quote.get('currency', 'USD')} of the budget are free"][
        : 2 if available is not None else 1
    ]


def _approval(approval: Artifact) -> list[str]:
    quote = _dict(approval.get("quote"))
    return [
        f"Approval {approval.get('approval_id')} for {approval.get('batch_id')}: "
        f"{approval.get('status')}, {quote.get('images')} images, {_money(quote)}",
        f"  expires {approval.get('expires_at')}",
    ]


def _assets(assets: Artifact) -> list[str]:
    found = [_dict(asset) for asset in _list(assets.get("assets"))]
    lines = [f"{len(found)} of {assets.get('total', len(found))} assets"]
    lines.extend(
        f"  {n}. {a.get('asset_id')} {a.get('name')!r}, {a.get('category') or 'no category'}, "
        f"{a.get('width')}×{a.get('height')}, tags: {_joined(a.get('tags')) or 'none'}"
        for n, a in enumerate(found, start=1)
    )
    nearest = _joined(assets.get("alternatives"))
    if nearest:
        lines.append(f"  nearest: {nearest}")
    return lines


def _tags(tags: Artifact) -> list[str]:
    added, removed = _joined(tags.get("add")), _joined(tags.get("remove"))
    return [f"Tags of {tags.get('assets')} assets: added {added or '-'}; removed {removed or '-'}"]


def _follow_up(follow_up: Artifact) -> list[str]:
    presets = _joined(follow_up.get("presets"))
    what = f"{follow_up.get('what')} {presets}".strip()
    return [
        f"Follow-up {follow_up.get('follow_up_id')} of {follow_up.get('batch_id')}: "
        f"{what}, {follow_up.get('status')}"
    ]


def _package(package: Artifact) -> list[str]:
    return [
        f"Package {package.get('export_id')} {package.get('filename')!r}: "
        f"{_joined(package.get('presets'))}; {package.get('assets')} assets, "
        f"{package.get('files')} files, {package.get('bytes')} bytes",
        f"  {package.get('key')}",
        f"  sha256 {package.get('sha256')}",
    ]


def _styles(styles: Artifact) -> list[str]:
    found = [_dict(style) for style in _list(styles.get("styles"))]
    return [
        f"{len(found)} styles",
        *(
            f"  {s.get('style_id')} {s.get('name')!r}, {s.get('references')} references"
            for s in found
        ),
    ]


def _plain(artifact: Artifact) -> list[str]:
    fields = {k: v for k, v in artifact.items() if isinstance(v, str | int | float)}
    return [", ".join(f"{key} {value}" for key, value in fields.items())]


CARDS: Mapping[str, Callable[[Artifact], list[str]]] = {
    "style": _style,
    "batch": _batch,
    "quote": _quote,
    "approval": _approval,
    "assets": _assets,
    "tags": _tags,
    "follow_up": _follow_up,
    "package": _package,
    "styles": _styles,
}
