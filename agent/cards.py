"""Artifacts as plain-text lines, for terminals and for what a model reads of a tool's result.

A card says facts (ids, counts, prices, states) as the use cases returned them.
"""

from collections.abc import Callable, Mapping
from typing import cast

from assetql.domain.money import MICROS, money_text

Artifact = Mapping[str, object]
_SHOWN = 20


def card_lines(artifact: Artifact) -> list[str]:
    """The lines of an artifact's card; a kind without a card of its own shows its plain fields."""
    return CARDS.get(str(artifact.get("kind")), _plain)(artifact)


def one_line(artifact: Artifact) -> str:
    """The card's first line."""
    lines = card_lines(artifact)
    return lines[0] if lines else str(artifact.get("kind", ""))


def counted(number: object, noun: str) -> str:
    """Such as "1 image", "2 images"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list | tuple) else []


def _joined(values: object) -> str:
    return ", ".join(str(value) for value in _list(values))


def _dollars(value: object) -> str:
    """An amount in currency units: `$0.80`; fractions of a cent are kept."""
    return money_text(round(float(str(value)) * MICROS))


def _when(value: object) -> str:
    """An ISO time to the minute."""
    return str(value)[:16].replace("T", " ")


def _size(value: object) -> str:
    size = int(str(value))
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"


def _style(style: Artifact) -> list[str]:
    gate = _dict(style.get("gate"))
    lines = [
        f"Style {style.get('name')!r} ({style.get('style_id')}): "
        f"{style.get('references')} references",
        f"  palette {_joined(style.get('palette'))}",
    ]
    if gate:
        calibrated = "calibrated" if gate.get("calibrated") else "not calibrated"
        lines.append(f"  gate {calibrated}, threshold {float(str(gate.get('threshold'))):.3f}")
        lines.extend(f"  warning: {warning}" for warning in _list(gate.get("warnings")))
    return lines


def _batch(batch: Artifact) -> list[str]:
    counts = {state: n for state, n in _dict(batch.get("counts")).items() if n}
    refused = [_dict(row) for row in _list(batch.get("refused"))]
    if batch.get("batch_id") is None:
        lines = [f"No batch: {len(refused)} rows were refused"]
    else:
        lines = [
            f"Batch {batch.get('name')!r} ({batch.get('batch_id')}): {batch.get('status')}",
            f"  {counted(batch.get('rows'), 'row')}, {counted(batch.get('tasks'), 'image')}",
        ]
    if counts:
        lines.append("  " + ", ".join(f"{n} {state}" for state, n in counts.items()))
    quote = _dict(batch.get("quote"))
    if quote:
        spent = f"; spent {_dollars(batch['spent'])}" if batch.get("spent") else ""
        price = _dollars(quote.get("total"))
        lines.append(f"  quote {price} for {counted(quote.get('images'), 'image')}{spent}")
    lines.extend(f"  {_refusal(row)}" for row in refused[:_SHOWN])
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more refused rows")
    followed = [_dict(follow_up) for follow_up in _list(batch.get("follow_ups"))]
    then = [f"{f.get('kind')} {f.get('status')}" for f in followed if f.get("kind") != "notify"]
    if then:
        lines.append(f"  then {', '.join(dict.fromkeys(then))}")
    return lines


def _refusal(row: Artifact) -> str:
    where = f"line {row.get('line')}, {row.get('column')}"
    return f"refused {where}: {row.get('value')!r}: {row.get('reason')}. {row.get('remedy') or ''}"


def _quote(quote: Artifact) -> list[str]:
    each = f"{_dollars(quote['unit_price'])} each" if quote.get("unit_price") else "mixed sizes"
    total = _dollars(quote.get("total"))
    lines = [f"Quote: {counted(quote.get('images'), 'image')}, {each}, {total} in total"]
    if quote.get("available") is not None:
        lines.append(f"  {_dollars(quote['available'])} of the budget are free")
    return lines


def _approval(approval: Artifact) -> list[str]:
    quote = _dict(approval.get("quote"))
    total = _dollars(quote.get("total"))
    return [
        f"Approval {approval.get('approval_id')} for {approval.get('batch_id')}: "
        f"{approval.get('status')}",
        f"  {counted(quote.get('images'), 'image')}, {total} at most",
        f"  open until {_when(approval.get('expires_at'))} UTC",
    ]


def _assets(assets: Artifact) -> list[str]:
    found = [_dict(asset) for asset in _list(assets.get("assets"))]
    lines = [f"{len(found)} of {assets.get('total', len(found))} assets"]
    lines.extend(
        f"  {n:>2}. {a.get('asset_id')} {a.get('name')!r}, {a.get('category') or 'no category'}, "
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
    presets = ", ".join(map(str, _list(follow_up.get("presets"))))
    what = f"{follow_up.get('what')} {presets}".strip()
    return [f"Once {follow_up.get('batch_id')} has ended: {what} ({follow_up.get('status')})"]


def _package(package: Artifact) -> list[str]:
    return [
        f"Package {package.get('filename')!r} ({package.get('export_id')}): "
        f"{_joined(package.get('presets'))}",
        f"  {counted(package.get('assets'), 'asset')}, {counted(package.get('files'), 'file')}, "
        f"{_size(package.get('bytes'))}",
        f"  sha256 {package.get('sha256')}",
    ]


def notice_lines(text: str, facts: Artifact) -> list[str]:
    """The card of what a thread was told: of a batch that has ended, its counts and packages."""
    counts = {state: n for state, n in _dict(facts.get("counts")).items() if n}
    lines = [text]
    if counts:
        named = f"Batch {facts.get('name')!r} ({facts.get('batch_id')})"
        lines = [f"{named} has ended: {facts.get('status')}"]
        ended = ", ".join(f"{n} {state}" for state, n in counts.items())
        lines.append(f"  {ended}; spent {_dollars(facts.get('spent', 0))}")
    exports = map(_dict, _list(facts.get("exports")))
    newest = {export.get("filename"): export for export in exports}
    for export in newest.values():
        told = card_lines(export) if export.get("export_id") else [f"Export: {export.get('error')}"]
        lines.extend(f"  {line}" for line in told)
    return lines


def _styles(styles: Artifact) -> list[str]:
    found = [_dict(style) for style in _list(styles.get("styles"))]
    return [
        counted(len(found), "style"),
        *(
            f"  {s.get('name')!r} ({s.get('style_id')}), {s.get('references')} references"
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
