"""Style profiles: their references, palette and calibrated gate; new ones from files."""

from pathlib import Path

from ulid import ULID

from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal
from assetql.domain.style import StyleProfile
from assetql.pipeline.learn_style import learn_style, list_styles
from assetql.services import Services
from integrations.gradio.files import keep_file
from integrations.gradio.markup import empty, facts, image, media, swatches, tag, text


def shelf(caller: Principal, services: Services) -> str:
    """Every style of the workspace."""
    found = list_styles(caller=caller, stores=services.stores)
    if not found:
        return empty(
            "No styles yet",
            "Give one to ten reference images a name below, or attach them in the chat.",
        )
    return tag("div", *map(_profile, found), class_="aq-shelf")


def names(caller: Principal, services: Services) -> list[str]:
    """The names of the workspace's styles."""
    return [style.name for style in list_styles(caller=caller, stores=services.stores)]


def learn(name: str, files: list[str], *, caller: Principal, services: Services) -> StyleProfile:
    """Learns a style from files. Raises: InvalidInput."""
    if not files:
        raise InvalidInput("No references.", remedy="Add one to ten images.")
    uploads = [keep_file(Path(file), caller=caller, services=services).upload_id for file in files]
    return learn_style(
        name,
        uploads,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=f"web:{ULID()}",
    )


def _profile(style: StyleProfile) -> str:
    gate = style.gate
    references = [
        tag(
            "button",
            image(media("references", style.style_id, str(number)), reference.filename),
            type="button",
            class_="aq-tile",
            data_zoom=media("references", style.style_id, str(number)),
            data_name=reference.filename,
            aria_label=f"Enlarge {reference.filename}",
        )
        for number, reference in enumerate(style.references)
    ]
    measured = [
        ("Gate", "calibrated" if gate.calibrated else "not calibrated: add references"),
        ("Threshold", f"{gate.threshold:.2f}"),
        ("AUC", f"{gate.auc:.3f}"),
        ("Lets in by mistake", f"{gate.false_accept_rate:.1%}"),
        ("Turns away by mistake", f"{gate.false_reject_rate:.1%}"),
        ("Measured by", style.embedder),
        ("Version", style.version),
    ]
    warnings = [tag("p", text(warning), class_="aq-warning") for warning in gate.warnings]
    return tag(
        "article",
        tag("h3", text(style.name)),
        tag("div", *references, class_="aq-tiles"),
        swatches(style.conditioning.palette),
        facts(measured),
        *warnings,
        class_="aq-card",
    )
