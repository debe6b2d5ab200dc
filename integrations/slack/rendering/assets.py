"""Images with what can be done to them, and the packages of a batch."""

from collections.abc import Iterable, Mapping, Sequence

from assetql.domain.asset import Asset
from assetql.domain.presets import PRESETS
from integrations.slack.mrkdwn import clipped, escape
from integrations.slack.rendering.parts import Block, actions, button, option, section

MOST_SHOWN = 6


def asset_rows(assets: Sequence[Asset]) -> list[Block]:
    """A line and four buttons for each image."""
    blocks: list[Block] = []
    for number, asset in enumerate(assets):
        tags = ", ".join(asset.tags.names) or "no tags"
        told = f"{asset.width}×{asset.height} · {escape(clipped(tags, 300))} · {asset.asset_id}"
        blocks.append(section(f"*{number + 1}. {escape(asset.name)}*\n{told}"))
        blocks.append(_row(number, asset.asset_id))
    return blocks


def package_buttons(
    batch_id: str | None, exports: Iterable[Mapping[str, object]], *, first: int = 0
) -> list[Block]:
    """One button per package that is ready, and one for another; numbered from `first`."""
    packages = {
        str(export["export_id"]): str(export.get("filename", "package"))
        for export in exports
        if export.get("export_id")
    }
    buttons = [
        button(f"Get {name}", f"package:{number}", export_id)
        for number, (export_id, name) in enumerate(packages.items(), start=first)
    ]
    if batch_id:
        buttons.append(button("Export for…", f"export:{first}", batch_id))
    return [actions(*buttons[-25:])] if buttons else []


def tag_modal(private: str, name: str) -> Block:
    """Asks which tags to add and to remove."""
    return _modal(
        "tag",
        "Tags",
        private,
        [
            section(f"Tags of *{escape(name)}*, separated by commas."),
            _text("add", "Add"),
            _text("remove", "Remove"),
        ],
    )


def export_modal(private: str, what: str) -> Block:
    """Asks which engines to pack for."""
    chosen: Block = {
        "type": "multi_static_select",
        "action_id": "presets",
        "options": [option(preset.name, preset.name) for preset in PRESETS],
    }
    label = {"type": "plain_text", "text": "Engines"}
    return _modal(
        "export",
        "Export",
        private,
        [
            section(f"A package of *{escape(what)}*."),
            {"type": "input", "block_id": "presets", "label": label, "element": chosen},
        ],
    )


def _row(number: int, asset_id: str) -> Block:
    verbs = (("Variations", "vary"), ("Reroll", "reroll"), ("Tag…", "tag"), ("Export…", "export"))
    return actions(*(button(text, f"{verb}:{number}", asset_id) for text, verb in verbs))


def _text(block_id: str, label: str) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": True,
        "label": {"type": "plain_text", "text": label},
        "element": {"type": "plain_text_input", "action_id": "tags", "max_length": 800},
    }


def _modal(callback_id: str, title: str, private: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": private,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": title if title == "Export" else "Save"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": blocks,
    }
