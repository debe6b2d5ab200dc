"""Artifacts as cards: HTML rendered from what the use cases returned, never from prose."""

from collections.abc import Callable, Mapping
from typing import cast

from agent.cards import card_lines, counted
from assetql.domain.money import MICROS, money_text
from integrations.gradio.markup import chips, facts, image, media, swatches, tag, text

Artifact = Mapping[str, object]
_REFUSALS = 8
_PICTURES = 12


def card(artifact: Artifact) -> str:
    """The card of an artifact; a kind without one of its own shows its plain lines."""
    return CARDS.get(str(artifact.get("kind")), _plain)(artifact)


def notice_card(said: str, told: Artifact) -> str:
    """What a thread was told; of a batch that has ended, its counts and its packages."""
    if told.get("approval_id"):
        return _card("Answer", said.rpartition(": ")[2].capitalize())
    counts = _counts(told)
    inner = [bar(counts), count_line(counts)] if counts else []
    if told.get("spent"):
        inner.append(tag("p", f"Spent {dollars(told['spent'])}", class_="aq-quiet"))
    newest = {str(e.get("filename")): e for e in map(_dict, _list(told.get("exports")))}
    inner += [package_row(e) if e.get("export_id") else _failed(e) for e in newest.values()]
    name = told.get("name")
    title = f"“{name}” has ended: {told.get('status')}" if name and counts else said
    return _card("Notice", title, *inner)


def approval_card(artifact: Artifact, status: str, answered_by: str | None) -> str:
    """The question for a start, as it stands now."""
    quote = _dict(artifact.get("quote"))
    said = f"{status.capitalize()} by {answered_by}" if answered_by else _STANDING[status]
    return _card(
        "Approval",
        f"{counted(quote.get('images'), 'image')} for {dollars(quote.get('total'))} at most",
        tag("p", text(said), class_=f"aq-badge aq-{status.casefold()}"),
    )


_STANDING = {"PENDING": "Waits for your answer below", "EXPIRED": "Expired: ask again"}


def package_row(package: Artifact, *, named: bool = False) -> str:
    """A package with its download button; among several, with its name."""
    export_id = str(package.get("export_id"))
    presets = " + ".join(map(str, _list(package.get("presets"))))
    counts = counted(package.get("assets"), "asset"), counted(package.get("files"), "file")
    size = ", ".join((*counts, _size(package)))
    what = tag("strong", text(presets)) + tag("span", text(size), class_="aq-quiet")
    if named:
        what = tag("span", text(package.get("filename"))) + what
    button = tag(
        "a",
        "Download",
        href=media("packages", export_id),
        download=str(package.get("filename")),
        class_="aq-button",
        aria_label=f"Download {package.get('filename')}",
    )
    return tag("div", tag("div", what, class_="aq-stack"), button, class_="aq-package")


def bar(counts: Mapping[str, int]) -> str:
    """How far a batch is, as a bar."""
    total = sum(counts.values()) or 1
    shares = {"ready": counts.get("READY", 0), "failed": counts.get("FAILED", 0)}
    parts = [
        tag("span", class_=f"aq-{state}", style=f"width:{100 * count / total:.2f}%")
        for state, count in shares.items()
        if count
    ]
    done = sum(n for state, n in counts.items() if state not in {"QUEUED", "GENERATING"})
    return tag(
        "div",
        *parts,
        class_="aq-bar",
        role="progressbar",
        aria_label="images made",
        aria_valuenow=done,
        aria_valuemin=0,
        aria_valuemax=sum(counts.values()),
    )


def count_line(counts: Mapping[str, int]) -> str:
    """The counts that are not zero, in words."""
    said = [f"{n} {state.casefold()}" for state, n in counts.items() if n]
    return tag("p", text(" · ".join(said)), class_="aq-counts")


def dollars(value: object) -> str:
    """An amount in currency units, for people."""
    return money_text(round(float(str(value or 0)) * MICROS))


def _style(style: Artifact) -> str:
    gate = _dict(style.get("gate"))
    kept = [("References", style.get("references"))]
    if gate:
        known = "calibrated" if gate.get("calibrated") else "not calibrated"
        kept.append(("Gate", f"{known}, threshold {float(str(gate.get('threshold'))):.2f}"))
    warnings = [tag("p", text(w), class_="aq-warning") for w in _list(gate.get("warnings"))]
    palette = swatches(_list(style.get("palette")))
    return _card("Style", style.get("name"), palette, facts(kept), *warnings)


def _styles(styles: Artifact) -> str:
    found = [_dict(style) for style in _list(styles.get("styles"))]
    rows = [
        tag("li", tag("strong", text(s.get("name"))), swatches(_list(s.get("palette"))))
        for s in found
    ]
    return _card("Styles", counted(len(found), "style"), tag("ul", *rows, class_="aq-rows"))


def _batch(batch: Artifact) -> str:
    refused = [_dict(row) for row in _list(batch.get("refused"))]
    if batch.get("batch_id") is None:
        return _card("List", f"{counted(len(refused), 'row')} can't be used", *_refusals(refused))
    quote, counts = _dict(batch.get("quote")), _counts(batch)
    kept: list[tuple[str, object]] = [
        ("Images", f"{batch.get('tasks')} from {counted(batch['rows'], 'row')}")
    ]
    if batch.get("style"):
        kept.append(("Style", batch["style"]))
    if quote:
        kept.append(("Quote", f"{dollars(quote.get('total'))} at most"))
    if batch.get("spent"):
        kept.append(("Spent", dollars(batch["spent"])))
    then = [_dict(f) for f in _list(batch.get("follow_ups"))]
    after = [f"{f.get('kind')} ({str(f.get('status')).casefold()})" for f in then]
    if after:
        kept.append(("Then", ", ".join(dict.fromkeys(after))))
    moving = batch.get("status") not in {"DRAFT", "CANCELLED"}
    return _card(
        f"Batch · {batch.get('status')}",
        batch.get("name"),
        bar(counts) + count_line(counts) if counts and moving else "",
        facts(kept),
        *_refusals(refused),
    )


def _refusals(refused: list[dict[str, object]]) -> list[str]:
    lines = [
        f"Line {row.get('line')}, {row.get('column')}: {row.get('value')!r} "
        f"{row.get('reason')}. {row.get('remedy') or ''}"
        for row in refused[:_REFUSALS]
    ]
    if len(refused) > _REFUSALS:
        lines.append(f"and {len(refused) - _REFUSALS} more")
    return [tag("p", text(line), class_="aq-warning") for line in lines]


def _quote(quote: Artifact) -> str:
    kept: list[tuple[str, object]] = []
    if quote.get("unit_price"):
        kept.append(("Each", dollars(quote["unit_price"])))
    if quote.get("available") is not None:
        kept.append(("Free of the budget", dollars(quote["available"])))
    title = f"{counted(quote.get('images'), 'image')} for {dollars(quote.get('total'))}"
    return _card("Quote", title, facts(kept))


def _assets(assets: Artifact) -> str:
    found = [_dict(asset) for asset in _list(assets.get("assets"))]
    tiles = [tile(str(a.get("asset_id")), a.get("name")) for a in found[:_PICTURES]]
    total = assets.get("total")
    title = f"{len(found)} of {total} assets" if total is not None else counted(len(found), "asset")
    nearest = _list(assets.get("alternatives"))
    inner = [tag("div", *tiles, class_="aq-tiles")] if tiles else []
    if nearest:
        inner.append(tag("p", "Nearest: ", chips(nearest), class_="aq-quiet"))
    return _card("Found", title, *inner)


def tile(asset_id: str, name: object) -> str:
    """A small picture that opens large."""
    picture = image(media("thumbnails", asset_id), name)
    return tag(
        "button",
        picture,
        type="button",
        class_="aq-tile",
        data_zoom=media("images", asset_id),
        data_name=name,
        aria_label=f"Enlarge {name}",
    )


def _tags(tags: Artifact) -> str:
    added, removed = _list(tags.get("add")), _list(tags.get("remove"))
    inner = [tag("p", "Added ", chips(added))] if added else []
    inner += [tag("p", "Removed ", chips(removed))] if removed else []
    return _card("Tags", counted(tags.get("assets"), "asset"), *inner)


def _follow_up(follow_up: Artifact) -> str:
    presets = ", ".join(map(str, _list(follow_up.get("presets"))))
    what = f"{follow_up.get('what')} {presets}".strip()
    if follow_up.get("status") == "DONE":
        return _card("Done", f"{what}: {follow_up.get('tagged', '')} images".strip())
    return _card("Scheduled", f"Once the batch has ended: {what}")


def _package(package: Artifact) -> str:
    return _card("Package", package.get("filename"), package_row(package))


def _failed(export: Artifact) -> str:
    return tag("p", text(f"Export: {export.get('error')}"), class_="aq-warning")


def _plain(artifact: Artifact) -> str:
    first, *rest = card_lines(artifact)
    return _card(str(artifact.get("kind", "")), first, *(tag("p", text(line)) for line in rest))


def _card(kind: str, title: object, *inner: str) -> str:
    head = tag("span", text(kind), class_="aq-kind") + tag("strong", text(title))
    return tag("div", tag("div", head, class_="aq-head"), *inner, class_="aq-card")


def _counts(artifact: Artifact) -> dict[str, int]:
    return {state: int(str(n)) for state, n in _dict(artifact.get("counts")).items()}


def _size(package: Artifact) -> str:
    size = int(str(package.get("bytes") or 0))
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list | tuple) else []


CARDS: Mapping[str, Callable[[Artifact], str]] = {
    "style": _style,
    "styles": _styles,
    "batch": _batch,
    "quote": _quote,
    "assets": _assets,
    "tags": _tags,
    "follow_up": _follow_up,
    "package": _package,
}
