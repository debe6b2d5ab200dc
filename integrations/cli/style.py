"""assetql style: learn styles, and score images against them."""

from pathlib import Path
from typing import Annotated

import typer

from assetql.domain.errors import InvalidInput
from assetql.domain.style import StyleProfile
from assetql.pipeline.decode import decode_image
from assetql.pipeline.judge_style import verdict_on
from assetql.pipeline.learn_style import find_style, learn_style, list_styles
from assetql.pipeline.uploads import add_upload
from integrations.cli.output import console, explained, print_json, print_table
from integrations.cli.session import new_key, opened

app = typer.Typer(help="Styles: learnt from 1 to 10 reference images.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The style's name.")]
Images = Annotated[list[Path], typer.Argument(help="PNG, JPEG or WebP files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises: InvalidInput where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"Can't read {str(path)!r}: {error.strerror}.", remedy="Check the path."
        ) from error


@app.command("set")
def set_style(name: Name, images: Images, as_json: AsJson = False) -> None:
    """Learn a style from its references; the same name again makes a new version."""
    with explained(as_json=as_json), opened() as (services, caller):
        uploads = [
            add_upload(
                path.name,
                read_bytes(path),
                caller=caller,
                stores=services.stores,
                clock=services.clock,
                image_limits=services.image_limits,
                list_limits=services.list_limits,
            ).upload_id
            for path in images
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
            rows = [(p.name, p.style_id, len(p.references), p.gate.calibrated) for p in profiles]
            print_table("Styles", ("name", "id", "references", "calibrated"), rows)


@app.command("score")
def score_images(name: Name, images: Images, as_json: AsJson = False) -> None:
    """Score images against a style's gate, in the order given."""
    with explained(as_json=as_json), opened() as (services, caller):
        profile = find_style(name, caller=caller, stores=services.stores)
        scores: list[dict[str, object]] = []
        for path in images:
            image = decode_image(read_bytes(path), filename=str(path), limits=services.image_limits)
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
            print_table(
                f"Against {profile.name}",
                ("image", "score", "threshold", "accepted"),
                [tuple(score.values()) for score in scores],
            )


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


def _show(profile: StyleProfile) -> None:
    gate = profile.gate
    swatches = " ".join(f"[on {color}]  [/]" for color in profile.conditioning.palette)
    console.print(f"[bold]{profile.name}[/] {profile.style_id} v{profile.version}  {swatches}")
    console.print(
        f"{len(profile.references)} references, gate at {gate.threshold:.3f}, AUC {gate.auc:.2f}, "
        f"{'calibrated' if gate.calibrated else 'not calibrated (too few references)'}"
    )
    for warning in gate.warnings:
        console.print(f"[yellow]![/] {warning}", markup=True)
