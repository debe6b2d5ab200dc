"""assetql style: learn styles, and score images against them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assetql.domain.errors import InvalidInput
from assetql.domain.style import MAX_REFERENCES, StyleProfile
from assetql.pipeline.decode import decode_image
from assetql.pipeline.judge_style import verdict_on
from assetql.pipeline.learn_style import find_style, learn_style, list_styles
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from integrations.cli.files import read_bytes
from integrations.cli.output import console, explained, print_json, print_table
from integrations.cli.session import new_key, opened

app = typer.Typer(help="Styles: learnt from 1 to 10 reference images.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The style's name.")]
Images = Annotated[list[Path], typer.Argument(help="PNG, JPEG or WebP files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("set", epilog="Example: assetql style set Meadow ref1.png ref2.png ref3.png")
def set_style(name: Name, images: Images, as_json: AsJson = False) -> None:
    """Learn a style from its references; the same name again makes a new version."""
    with explained(as_json=as_json), opened() as (services, caller):
        files = _references(images, services)
        uploads = [
            add_upload(
                path.name,
                data,
                caller=caller,
                stores=services.stores,
                clock=services.clock,
                image_limits=services.image_limits,
                list_limits=services.list_limits,
            ).upload_id
            for path, data in files
        ]
        profile = learn_style(
            name,
            uploads,
            caller=caller,
            stores=services.stores,
            clock=services.clock,
            embedder=services.embedder,
            image_limits=services.image_limits,
            key=new_key(),
        )
        if as_json:
            print_json(describe_style(profile))
        else:
            _show(profile)


@app.command("list")
def show_styles(as_json: AsJson = False) -> None:
    """List the styles of the workspace."""
    with explained(as_json=as_json), opened() as (services, caller):
        profiles = list_styles(caller=caller, stores=services.stores)
        if as_json:
            print_json([describe_style(profile) for profile in profiles])
        else:
            rows = [
                (p.style_id, p.name, len(p.references), "yes" if p.gate.calibrated else "no")
                for p in profiles
            ]
            print_table("Styles", ("id", "name", "references", "calibrated"), rows)


@app.command("score", epilog="Example: assetql style score Meadow new.png --json")
def score_images(name: Name, images: Images, as_json: AsJson = False) -> None:
    """Score images against a style's gate, in the order given."""
    with explained(as_json=as_json), opened() as (services, caller):
        profile = find_style(name, caller=caller, stores=services.stores)
        scores: list[dict[str, object]] = []
        for path in images:
            image = decode_image(read_bytes(path), filename=path.name, limits=services.image_limits)
            verdict = verdict_on(
                services.embedder.embed(image), profile, embedder=services.embedder
            )
            scores.append(
                {
                    "image": str(path),
                    "score": round(verdict.score, 6),
                    "threshold": round(verdict.threshold, 6),
                    "accepted": verdict.accepted,
                }
            )
        if as_json:
            print_json(scores)
        else:
            _show_scores(scores, profile)


def describe_style(profile: StyleProfile) -> dict[str, object]:
    """A style as scripts read it."""
    gate = profile.gate
    return {
        "style_id": profile.style_id,
        "name": profile.name,
        "version": profile.version,
        "references": len(profile.references),
        "palette": list(profile.conditioning.palette),
        "embedder": profile.embedder,
        "gate": {
            "threshold": gate.threshold,
            "auc": gate.auc,
            "false_accept_rate": gate.false_accept_rate,
            "false_reject_rate": gate.false_reject_rate,
            "calibrated": gate.calibrated,
            "warnings": list(gate.warnings),
        },
    }


def _references(images: list[Path], services: Services) -> list[tuple[Path, bytes]]:
    """All of them are looked at before one is kept. Raises: InvalidInput naming the file."""
    if len(images) > MAX_REFERENCES:
        raise InvalidInput(
            f"A style takes 1 to {MAX_REFERENCES} reference images, not {len(images)}.",
            remedy="Name those that show the style best.",
        )
    files = [(path, read_bytes(path)) for path in images]
    for path, data in files:
        decode_image(data, filename=path.name, limits=services.image_limits)
    return files


def _show_scores(scores: list[dict[str, object]], profile: StyleProfile) -> None:
    rows = [(s["image"], f"{s['score']:.3f}", "yes" if s["accepted"] else "no") for s in scores]
    title = f"Against {profile.name}, whose gate is at {profile.gate.threshold:.3f}"
    print_table(title, ("image", "score", "accepted"), rows)


def _show(profile: StyleProfile) -> None:
    gate = profile.gate
    swatches = " ".join(f"[on {color}]  [/]" for color in profile.conditioning.palette)
    console.print(
        f"[bold]{escape(profile.name)}[/] {profile.style_id} v{profile.version}  {swatches}"
    )
    console.print(
        f"{len(profile.references)} references, gate at {gate.threshold:.3f}, AUC {gate.auc:.2f}, "
        f"{'calibrated' if gate.calibrated else 'not calibrated (too few references)'}"
    )
    for warning in gate.warnings:
        console.print(f"[yellow]![/] {escape(warning)}")
